from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "hecang.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.integrations.services.carriers import Gateway
        from hecang.shipping.carriers import gateway

        gateway.register(Gateway())
