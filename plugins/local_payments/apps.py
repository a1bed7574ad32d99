"""The local payment page as an app."""

from django.apps import AppConfig


class LocalPaymentsConfig(AppConfig):
    """Brings the page and the check that refuses it in production."""

    name = "plugins.local_payments"
    label = "local_payments"

    def ready(self) -> None:
        """Register the system check."""
        from plugins.local_payments import checks  # noqa: F401
