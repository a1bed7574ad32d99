"""The ordering app."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """Places orders, records payments and releases what stays unpaid."""

    name = "plugins.ordering"
    label = "ordering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mend the two places of Saleor that orders run through."""
        from plugins.ordering import saleor_patches

        saleor_patches.install()
