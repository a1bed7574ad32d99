"""The order e-mails as an app."""

from django.apps import AppConfig


class OrderEmailsConfig(AppConfig):
    """Sends our e-mails and keeps Saleor from sending its own."""

    name = "plugins.order_emails"
    label = "order_emails"
    default_auto_field = "django.db.models.BigAutoField"
