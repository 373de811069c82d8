from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "hecang.tickets"
    label = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from hecang.tickets.services.telling import topics_register

        topics_register()
