from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "hecang.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.work import documents, verify  # noqa: F401 - its checks register themselves
        from hecang.work.floor import scenario_register
        from hecang.work.scenarios.lookup import Lookup

        documents.register()
        scenario_register(Lookup())
