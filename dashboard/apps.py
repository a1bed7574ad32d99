"""App of the staff dashboard."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DashboardConfig(AppConfig):
    """The dashboard; `django.contrib.admin` finds its `admin` package by itself."""

    name = "dashboard"
    label = "dashboard"
    verbose_name = "Shop"  # stands before the page's name on every page
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the roles once their permissions exist, which is after migrating."""
        post_migrate.connect(_make_roles, sender=self)


def _make_roles(**_details: Any) -> None:
    from dashboard.services.staff import make_roles

    make_roles()
