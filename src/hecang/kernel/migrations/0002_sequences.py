"""One PostgreSQL sequence for each kind of number; cached per session to spare the disk."""

from django.db import migrations

KINDS = ["sales_order", "fulfilment", "wave", "batch", "parcel", "manifest"]


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=[f"CREATE SEQUENCE number_{kind}" for kind in KINDS],
            reverse_sql=[f"DROP SEQUENCE number_{kind}" for kind in KINDS],
        )
    ]
