from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "hecang.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer the questions that lower apps ask, and follow their changes."""
        from hecang.catalog.guards import sku_guard
        from hecang.facility.hooks import on_locations_changed
        from hecang.inventory import verify_serials  # noqa: F401 - registers its checks
        from hecang.inventory.selectors import skus_with_stock
        from hecang.inventory.services.flags import locations_follow

        sku_guard(skus_with_stock)
        on_locations_changed(locations_follow)
