"""The project as an app: it brings the system checks and the management commands."""

from django.apps import AppConfig


class SaleorConfig(AppConfig):
    """Wires Celery and the checks."""

    name = "saleor_config"
    label = "saleor_config"

    def ready(self) -> None:
        """Register the checks and make our Celery app the current one."""
        from saleor_config import celery, checks  # noqa: F401
