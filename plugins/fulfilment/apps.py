"""The app of packing, shipments and returns."""

from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    """Packs and sends what was paid, and takes back what returns."""

    name = "plugins.fulfilment"
    label = "fulfilment"
    verbose_name = "Parcels and returns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to ordering, which knows nothing of this app."""
        from plugins.fulfilment import packing, replacements, returns, reviews

        packing.connect()
        replacements.connect()
        returns.connect()
        reviews.connect()
