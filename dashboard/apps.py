"""App of the staff dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """The dashboard; `django.contrib.admin` finds its `admin` package by itself."""

    name = "dashboard"
    label = "dashboard"
    verbose_name = "Shop"  # stands before the page's name on every page
    default_auto_field = "django.db.models.BigAutoField"
