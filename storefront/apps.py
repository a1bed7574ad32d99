"""App configuration of the storefront."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """What customers see."""

    name = "storefront"
    verbose_name = "Storefront"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for what is kept of people."""
        from storefront import personal_data

        personal_data.connect()
