from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stockkeeping", "0003_changes_and_kitting"),
    ]

    operations = [
        migrations.AddField(
            model_name="stockchange",
            name="adjust_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="stockchangeline",
            name="difference",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="changepolicy",
            name="kind",
            field=models.CharField(
                choices=[
                    ("condition", "Change of condition"),
                    ("hold", "Stop selling"),
                    ("release", "Sell again"),
                    ("owner", "Change of owner"),
                    ("sku", "Change of SKU"),
                    ("lot", "Change of lot"),
                    ("adjust", "Found or lost"),
                ],
                max_length=16,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.AlterField(
            model_name="stockchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("condition", "Change of condition"),
                    ("hold", "Stop selling"),
                    ("release", "Sell again"),
                    ("owner", "Change of owner"),
                    ("sku", "Change of SKU"),
                    ("lot", "Change of lot"),
                    ("adjust", "Found or lost"),
                ],
                max_length=16,
            ),
        ),
    ]
