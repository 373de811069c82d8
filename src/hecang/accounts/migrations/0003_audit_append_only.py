"""The audit log only grows: PostgreSQL refuses to change or delete an entry."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION hecang_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION hecang_refuse_audit_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION hecang_refuse_audit_change();
"""

BACKWARD = """
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP TRIGGER audit_entry_no_truncate ON audit_entry;
DROP FUNCTION hecang_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sign_in_throttle")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
