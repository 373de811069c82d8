from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Any part of a code or name is found by an index."""

    dependencies = [("catalog", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(
            "CREATE INDEX sku_search ON sku USING gin (upper(code) gin_trgm_ops, upper(name) gin_trgm_ops)",
            "DROP INDEX sku_search",
        ),
    ]
