from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbound", "0001_initial")]

    operations = [
        migrations.AddField("batch", "s_shape_mm", models.PositiveBigIntegerField(default=0)),
        migrations.AddField("wave", "s_shape_mm", models.PositiveBigIntegerField(default=0)),
    ]
