from django.apps import AppConfig
from django.utils.translation import gettext_noop


class IntegrationsConfig(AppConfig):
    name = "hecang.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.integrations.services.carriers import Gateway
        from hecang.integrations.services.webhooks.sending import DISABLED
        from hecang.notifications.services import Topic, topic_register
        from hecang.purchasing.ways import way_register
        from hecang.shipping.carriers import gateway

        gateway.register(Gateway())
        way_register("edi", "hecang.integrations.supplier_edi:EdiWay")
        topic_register(Topic(DISABLED, gettext_noop("A webhook endpoint was switched off"), email="now"))
