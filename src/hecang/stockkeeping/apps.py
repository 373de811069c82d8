from django.apps import AppConfig


class StockkeepingConfig(AppConfig):
    name = "hecang.stockkeeping"
    label = "stockkeeping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.stockkeeping import documents

        documents.register()
