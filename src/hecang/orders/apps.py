from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "hecang.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.orders.services.following import orders_follow
        from hecang.partners.guards import customer_follower

        customer_follower(orders_follow)
        from hecang.inventory.holders import holder_register
        from hecang.orders import shortages, verify  # noqa: F401 - what they declare registers itself
        from hecang.orders.audit.kind import KIND
        from hecang.orders.services.shorting import OrderLineHolder
        from hecang.rules.kinds import kind_register

        holder_register(OrderLineHolder())
        kind_register(KIND)
