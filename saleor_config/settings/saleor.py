"""What Saleor's code asks of the settings, where it does not depend on the environment."""

from __future__ import annotations

SALEOR_APPS = [
    "saleor.plugins",
    "saleor.account",
    "saleor.discount",
    "saleor.giftcard",
    "saleor.product",
    "saleor.checkout",
    "saleor.core",
    "saleor.menu",
    "saleor.order",
    "saleor.seo",
    "saleor.shipping",
    "saleor.search",
    "saleor.site",
    "saleor.data_feeds",
    "saleor.page",
    "saleor.payment",
    "saleor.warehouse",
    "saleor.webhook",
    "saleor.wishlist",
    "saleor.app",
]
SALEOR_LIBRARIES = [
    "versatileimagefield",
    "django_measurement",
    "django_prices",
    "django_prices_openexchangerates",
    "django_prices_vatlayer",
    "mptt",
    "django_countries",
    "django_filters",
    "phonenumber_field",
]

PLUGINS_MANAGER = "plugins.ordering.saleor_patches.OrderingPluginsManager"
PLUGINS = [
    "plugins.discreet_shipping.plugin.DiscreetShippingPlugin",
    "plugins.order_emails.plugin.OrderEmailsPlugin",
    "plugins.taxes.plugin.TaxesPlugin",  # last: it taxes what the others add
]
MAX_CHECKOUT_LINE_QUANTITY = 20
SEARCH_BACKEND = "saleor.search.backends.postgresql"
# Saleor's first migration of menus makes these two.
DEFAULT_MENUS = {"top_menu_name": "navbar", "bottom_menu_name": "footer"}
DEFAULT_MAX_EMAIL_DISPLAY_NAME_LENGTH = 78
VERSATILEIMAGEFIELD_SETTINGS = {"create_images_on_demand": False}
VERSATILEIMAGEFIELD_RENDITION_KEY_SETS = {  # Saleor's template tags and tasks read these names
    "products": [
        ("product_gallery", "thumbnail__540x540"),
        ("product_small", "thumbnail__60x60"),
        ("product_list", "thumbnail__255x255"),
    ],
    "background_images": [("header_image", "thumbnail__1080x440")],
    "user_avatars": [("default", "thumbnail__445x445")],
}
PLACEHOLDER_IMAGES: dict[int, str] = {}
DEFAULT_PLACEHOLDER = ""
