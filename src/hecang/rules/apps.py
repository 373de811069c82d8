from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "hecang.rules"
    label = "rules"
    default_auto_field = "django.db.models.BigAutoField"
