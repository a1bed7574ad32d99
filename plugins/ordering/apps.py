"""The ordering app."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """Places orders, records payments and releases what stays unpaid."""

    name = "plugins.ordering"
    label = "ordering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Patch the functions of Saleor that placing an order calls, and listen to the stock."""
        from plugins.ordering import saleor_patches, shortages

        saleor_patches.install()
        shortages.connect()
