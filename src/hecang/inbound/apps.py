from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "hecang.inbound"
    label = "inbound"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.inbound import documents, goods

        documents.register()
        goods.register()
