"""The ledger is append-only: the database itself refuses to change or remove what is written (law 1)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hecang_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused; post a counter-entry instead', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON movement
    FOR EACH ROW EXECUTE FUNCTION hecang_refuse_change();
CREATE TRIGGER movement_no_truncate BEFORE TRUNCATE ON movement
    FOR EACH STATEMENT EXECUTE FUNCTION hecang_refuse_change();
"""

BACKWARD = """
DROP TRIGGER movement_append_only ON movement;
DROP TRIGGER movement_no_truncate ON movement;
DROP FUNCTION hecang_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
