"""Files that channels bring are remembered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0007_qimen")]

    operations = [
        migrations.CreateModel(
            name="ChannelFile",
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
                ("orders", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("taken_at", models.DateTimeField()),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="integrations.connection",
                    ),
                ),
            ],
            options={
                "db_table": "channel_file",
                "indexes": [models.Index(fields=["taken_at"], name="channel_file_taken")],
                "constraints": [
                    models.UniqueConstraint(fields=("connection", "key"), name="channel_file_key")
                ],
            },
        ),
    ]
