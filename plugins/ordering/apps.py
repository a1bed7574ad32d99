"""The ordering app."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """Places orders, records payments and releases what stays unpaid."""

    name = "plugins.ordering"
    label = "ordering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Patch the two functions of Saleor that placing an order calls; have pieces checked."""
        from plugins.ordering import piece_checks, saleor_patches

        saleor_patches.install()
        piece_checks.connect()
