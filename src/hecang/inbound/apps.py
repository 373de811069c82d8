from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "hecang.inbound"
    label = "inbound"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.inbound import documents, goods
        from hecang.inbound.scenarios.check_in import CheckInScenario
        from hecang.inbound.scenarios.receive import ReceiveScenario
        from hecang.inbound.services.links import supplier_page
        from hecang.purchasing.ways import page_register
        from hecang.work.floor import scenario_register

        documents.register()
        goods.register()
        page_register(supplier_page)
        scenario_register(CheckInScenario())
        scenario_register(ReceiveScenario())
