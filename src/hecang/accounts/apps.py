from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hecang.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the kernel who users are."""
        from hecang.accounts.selectors import actor_load
        from hecang.kernel.actor import actor_loader

        actor_loader(actor_load)
