from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_initials"),
    ]

    operations = [
        migrations.AddField(
            model_name="sku",
            name="kit_mode",
            field=models.CharField(
                choices=[
                    ("explode", "Sold as its components"),
                    ("keep", "Kept as one piece"),
                    ("auto", "Kept if stocked, else its components"),
                ],
                db_default="explode",
                default="explode",
                max_length=8,
            ),
        ),
    ]
