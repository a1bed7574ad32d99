"""The order e-mails as an app."""

from django.apps import AppConfig


class OrderEmailsConfig(AppConfig):
    """Sends our e-mails and keeps Saleor from sending its own."""

    name = "plugins.order_emails"
    label = "order_emails"
    verbose_name = "E-mails"  # in the path at the top of staff pages
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Suppress Saleor's own e-mails (one sender per e-mail), and listen to ordering."""
        from plugins.order_emails import plugin

        plugin.suppress_saleor_emails()
        plugin.connect()
