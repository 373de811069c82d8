from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "hecang.outbound"
    label = "outbound"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add what must hold between outbound's tables to ``hecang inventory verify``; tell what is planned."""
        from hecang.orders.planned import planner_register
        from hecang.outbound import damages, verify  # noqa: F401 - what they declare registers itself
        from hecang.outbound.selectors.planned import orders_in_waves

        planner_register(orders_in_waves)
