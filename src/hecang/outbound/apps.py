from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "hecang.outbound"
    label = "outbound"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add what must hold between outbound's tables to ``hecang inventory verify``; tell what is planned, and
        stand behind its tasks of the pool.
        """
        from hecang.inventory.allocation_holders import allocation_holder_register
        from hecang.inventory.holders import on_allocations_moved
        from hecang.orders.planned import planner_register
        from hecang.outbound import counting, damages, documents, verify  # noqa: F401 - what they declare registers itself
        from hecang.outbound.selectors.planned import orders_in_waves
        from hecang.outbound.services.count_losses import FulfilmentLines
        from hecang.outbound.services.following import tasks_follow
        from hecang.outbound.services.pool import BatchHolder, PutbackHolder
        from hecang.work.holders import holder_register

        planner_register(orders_in_waves)
        on_allocations_moved(tasks_follow)
        holder_register(BatchHolder())
        holder_register(PutbackHolder())
        allocation_holder_register(FulfilmentLines())
        documents.register()
