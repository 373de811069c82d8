from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class KernelConfig(AppConfig):
    name = "hecang.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app declare its event handlers, importers and periodic tasks."""
        for config in apps.get_app_configs():
            if config.name.startswith("hecang."):
                for module in ("handlers", "imports", "periodic", "search"):
                    name = f"{config.name}.{module}"
                    if find_spec(name) is not None:
                        import_module(name)
