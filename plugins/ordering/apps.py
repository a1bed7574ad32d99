"""The ordering app."""

from django.apps import AppConfig


class OrderingConfig(AppConfig):
    """Places orders, records payments and releases what stays unpaid."""

    name = "plugins.ordering"
    label = "ordering"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Patch what placing an order calls of Saleor; listen to stock and payments."""
        from plugins.ordering import attention, pieces, saleor_patches, sold_cards

        saleor_patches.install()
        attention.connect()
        pieces.connect()
        sold_cards.connect()
