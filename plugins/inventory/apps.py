"""The inventory app."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Keeps the stock ledger; its triggers are in migration 0002."""

    name = "plugins.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
