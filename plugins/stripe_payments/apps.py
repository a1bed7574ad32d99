"""The Stripe payments as an app."""

from django.apps import AppConfig


class StripePaymentsConfig(AppConfig):
    """Takes payments by Stripe and keeps the shop's records in line with it."""

    name = "plugins.stripe_payments"
    label = "stripe_payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of the settings."""
        from plugins.stripe_payments import checks  # noqa: F401  registers by import
