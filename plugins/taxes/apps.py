"""The taxes app."""

from django.apps import AppConfig


class TaxesConfig(AppConfig):
    """Computes VAT and keeps what was computed with each order."""

    name = "plugins.taxes"
    label = "taxes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have what is remembered of the rates forgotten when they change."""
        from plugins.taxes import rates

        rates.connect()
