from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0003_performance")]

    operations = [
        migrations.AddField(
            model_name="purchaseorderline",
            name="confirmed_price",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True),
        ),
    ]
