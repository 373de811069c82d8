"""Versions of rules are append-only: decisions name them, so what they said may never change."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION rule_version_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused; write a new version instead', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER rule_version_append_only BEFORE UPDATE OR DELETE ON rule_version
    FOR EACH ROW EXECUTE FUNCTION rule_version_refuse_change();
"""

BACKWARD = """
DROP TRIGGER rule_version_append_only ON rule_version;
DROP FUNCTION rule_version_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_rules")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
