"""App of the staff dashboard."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.db.models.signals import post_migrate

from saleor_config import reports


class DashboardConfig(AppConfig):
    """The dashboard; `dashboard.urls` imports its `admin` package."""

    name = "dashboard"
    label = "dashboard"
    verbose_name = "Shop"  # stands before the page's name on every page
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles once their permissions exist, after migrating; keep error reports."""
        post_migrate.connect(_make_roles, sender=self)
        if settings.KEEP_REPORTS:
            reports.keep_with(_keep_report)


@register(Tags.admin)
def admin_classes_are_right(**kwargs: Any) -> list[CheckMessage]:
    """Load the admin classes, which otherwise only pages load, and return what Django finds."""
    from dashboard import admin  # noqa: F401
    from dashboard.site import staff_site

    return staff_site.check(None)


def _keep_report(report: reports.Report, times: int) -> None:
    from dashboard.services.personal_data import keep_report

    keep_report(report, times)


def _make_roles(**_details: Any) -> None:
    from dashboard.services.staff import make_roles

    make_roles()
