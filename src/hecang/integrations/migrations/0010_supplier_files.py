import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0009_qimen_mark"),
        ("partners", "0004_suppliers"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupplierFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[("taken", "Taken in"), ("failed", "Could not be read")], max_length=8
                    ),
                ),
                ("orders", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("rejected", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField()),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.supplier",
                    ),
                ),
            ],
            options={"db_table": "supplier_file"},
        ),
        migrations.AddConstraint(
            model_name="supplierfile",
            constraint=models.UniqueConstraint(fields=("supplier", "key"), name="supplier_file_key"),
        ),
        migrations.AddIndex(
            model_name="supplierfile",
            index=models.Index(fields=["taken_at"], name="supplier_file_taken"),
        ),
    ]
