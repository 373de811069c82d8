from django.apps import AppConfig


class StockkeepingConfig(AppConfig):
    name = "hecang.stockkeeping"
    label = "stockkeeping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.inventory.approvals import approvals_register
        from hecang.inventory.holders import holder_register
        from hecang.stockkeeping import documents, verify_counts, verify_transfers  # noqa: F401 - what it declares registers itself
        from hecang.stockkeeping.scenarios.count import CountScenario
        from hecang.stockkeeping.scenarios.kit import KitScenario
        from hecang.stockkeeping.scenarios.move import MoveScenario
        from hecang.stockkeeping.scenarios.replenish import ReplenishScenario
        from hecang.stockkeeping.scenarios.transfer import TransferScenario
        from hecang.stockkeeping.services.alerts import topics_register
        from hecang.stockkeeping.services.carrying import ReplenishmentHolder
        from hecang.stockkeeping.services.correcting import ChangeApprovals
        from hecang.stockkeeping.services.counts.stretches import StretchHolder
        from hecang.stockkeeping.services.kitting import KitJobHolder
        from hecang.stockkeeping.services.transfer_tasks import TransferHolder
        from hecang.stockkeeping.services.transfers import TransferLineHolder
        from hecang.work.floor import scenario_register
        from hecang.work.holders import holder_register as task_holder_register

        documents.register()
        holder_register(TransferLineHolder())
        approvals_register(ChangeApprovals())
        task_holder_register(ReplenishmentHolder())
        task_holder_register(StretchHolder())
        task_holder_register(TransferHolder())
        task_holder_register(KitJobHolder())
        topics_register()
        scenario_register(CountScenario())
        scenario_register(ReplenishScenario())
        scenario_register(TransferScenario())
        scenario_register(MoveScenario())
        scenario_register(KitScenario())
