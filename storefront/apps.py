"""App configuration of the storefront."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """What customers see."""

    name = "storefront"
    verbose_name = "Storefront"
