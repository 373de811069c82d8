"""What the ledger carried is append-only as the ledger itself (law 1)."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER movement_serial_append_only BEFORE UPDATE OR DELETE ON movement_serial
    FOR EACH ROW EXECUTE FUNCTION hecang_refuse_change();
CREATE TRIGGER movement_serial_no_truncate BEFORE TRUNCATE ON movement_serial
    FOR EACH STATEMENT EXECUTE FUNCTION hecang_refuse_change();
"""

BACKWARD = """
DROP TRIGGER movement_serial_append_only ON movement_serial;
DROP TRIGGER movement_serial_no_truncate ON movement_serial;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_serials_and_containers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
