from django.apps import AppConfig


class FacilityConfig(AppConfig):
    name = "hecang.facility"
    label = "facility"
    default_auto_field = "django.db.models.BigAutoField"
