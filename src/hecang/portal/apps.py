from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hecang.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
