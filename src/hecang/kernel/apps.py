from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps

#: Modules in which apps declare what others find: checks of data quality, event handlers, importers, periodic work, search.
DECLARING = ("checks", "handlers", "imports", "periodic", "search")


class KernelConfig(AppConfig):
    name = "hecang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set logging up and let every app declare what it has."""
        from hecang.kernel import logs, periodic, tasks

        logs.configure()
        for config in apps.get_app_configs():
            if config.name.startswith("hecang."):
                for module in DECLARING:
                    name = f"{config.name}.{module}"
                    if find_spec(name) is not None:
                        import_module(name)
        import_module("hecang.kernel.housekeeping")
        for one in periodic.declared().values():
            tasks.periodic_register(one.name, one.cron, one.work)
