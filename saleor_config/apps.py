"""The project as an app: it brings the system checks and the management commands."""

from django.apps import AppConfig


class SaleorConfig(AppConfig):
    """Wires Celery, the checks and the languages."""

    name = "saleor_config"
    label = "saleor_config"

    def ready(self) -> None:
        """Register checks and the Celery app, scrub logs, tie sessions, compile the languages."""
        from django.conf import settings

        from saleor_config import accounts, celery, checks, logs, sentry  # noqa: F401
        from saleor_config.translations import compile_stale

        logs.install()
        accounts.install()
        if settings.SENTRY_DSN:
            sentry.start_sentry(settings.SENTRY_DSN)
        compile_stale()
