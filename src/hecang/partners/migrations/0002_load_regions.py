from django.db import migrations


def load(_apps, _schema_editor):
    from hecang.partners.services.regions import regions_load

    regions_load()


class Migration(migrations.Migration):
    """The regions of China come with the tables: addresses and rates point at them."""

    dependencies = [("partners", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop, elidable=False)]
