"""App of the staff dashboard."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from saleor_config import reports


class DashboardConfig(AppConfig):
    """The dashboard; `django.contrib.admin` finds its `admin` package by itself."""

    name = "dashboard"
    label = "dashboard"
    verbose_name = "Shop"  # stands before the page's name on every page
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles once their permissions exist, after migrating; keep error reports."""
        post_migrate.connect(_make_roles, sender=self)
        if settings.KEEP_REPORTS:
            reports.keep_with(_keep_report)


def _keep_report(report: reports.Report, times: int) -> None:
    from dashboard.services.personal_data import keep_report

    keep_report(report, times)


def _make_roles(**_details: Any) -> None:
    from dashboard.services.staff import make_roles

    make_roles()
