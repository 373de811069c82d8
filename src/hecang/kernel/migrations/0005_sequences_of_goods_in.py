"""Number sequences of purchasing, inbound and stockkeeping."""

from django.db import migrations

KINDS = [
    "purchase_request", "purchase_order", "supplier_invoice", "asn", "appointment", "receipt", "inspection", "claim",
    "goods_return", "count", "transfer", "stock_change", "kit_job", "container",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_import_memory")]

    operations = [
        migrations.RunSQL(
            sql=[f"CREATE SEQUENCE number_{kind}" for kind in KINDS],
            reverse_sql=[f"DROP SEQUENCE number_{kind}" for kind in KINDS],
        )
    ]
