from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "hecang.purchasing"
    label = "purchasing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the ways to suppliers, and keep suppliers with open business from being switched off."""
        from hecang.partners.guards import supplier_guard
        from hecang.purchasing.selectors.suppliers import supplier_is_free
        from hecang.purchasing.ways import way_register

        supplier_guard(supplier_is_free)
        way_register("email", "hecang.purchasing.sending_ways:EmailWay")
        way_register("api", "hecang.purchasing.sending_ways:ApiWay")
