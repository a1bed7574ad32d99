"""The app of discreet shipping."""

from django.apps import AppConfig


class DiscreetShippingConfig(AppConfig):
    """Choices, the Discretion Contract, labels and collection points."""

    name = "plugins.discreet_shipping"
    label = "discreet_shipping"
    verbose_name = "Discreet shipping"
    default_auto_field = "django.db.models.BigAutoField"
