"""What is sold and explained: sizes, sets, singles, care products and the guides about them."""

from django.apps import AppConfig


class ProductContentConfig(AppConfig):
    """Our data beside Saleor's products: what Saleor's own catalogue cannot say."""

    name = "product_content"
    label = "product_content"
    verbose_name = "Sizes and guides"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what deletes the files of deleted photos, and what drops kept settings."""
        from product_content import photos, shop_settings  # noqa: F401

        shop_settings.connect()
