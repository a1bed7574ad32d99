"""Unfold's settings: name, colours and the sidebar of the staff dashboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

from saleor_config.settings.env import read


def _needs(permission: str) -> Callable[[HttpRequest], bool]:
    """Return a check of Saleor's permission, for a line of the sidebar."""
    return lambda request: bool(request.user.has_perm(permission))


def _icon(_request: HttpRequest) -> str:
    """Return the address of the shop's icon; static files are not there yet when this loads."""
    return static("storefront/icon.svg")


def _styles(name: str) -> Callable[[HttpRequest], str]:
    """Return what finds the address of our own rules beside Unfold's."""
    return lambda _request: static(f"dashboard/{name}.css")


def _line(title: str, icon: str, model: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": _needs(permission),
    }


def _page(title: str, icon: str, name: str, permission: str) -> dict[str, Any]:
    """Return a line that leads to a page without a model."""
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(name),
        "permission": _needs(permission),
    }


_HOME = {"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")}
_NAVIGATION = [
    {
        "items": [
            _HOME,
            _page("Packing", "deployed_code", "staff-packing", "dashboard.pack_orders"),
            _line("Orders", "package_2", "order_order", "order.manage_orders"),
            _line("Stock", "inventory_2", "dashboard_stockitem", "dashboard.manage_stock"),
            _line("Stock ledger", "receipt_long", "inventory_stockentry", "dashboard.manage_stock"),
            _line("Purchases", "local_mall", "inventory_purchaseorder", "dashboard.manage_stock"),
            _line("Suppliers", "handshake", "inventory_supplier", "dashboard.manage_stock"),
        ]
    },
    {
        "title": "Catalogue",
        "items": [
            _line("Products", "category", "product_product", "product.manage_products"),
            _line("Variants", "sell", "product_productvariant", "product.manage_products"),
            _line("Guides", "menu_book", "product_content_guide", "product.manage_products"),
            _line("Pages", "article", "product_content_pagetext", "product.manage_products"),
            _line("News", "newspaper", "product_content_newsitem", "product.manage_products"),
            _line("Claims", "fact_check", "product_content_claim", "product.manage_products"),
            _line("Sources", "source", "product_content_source", "product.manage_products"),
            _line(
                "Search words", "search", "product_content_searchgroup", "product.manage_products"
            ),
            _line("Sizes", "straighten", "product_content_size", "product.manage_products"),
        ],
    },
    {
        "title": "Selling",
        "items": [
            _line(
                "Delivery", "local_shipping", "shipping_shippingzone", "shipping.manage_shipping"
            ),
            _line("Warehouses", "warehouse", "warehouse_warehouse", "shipping.manage_shipping"),
            _line(
                "Collection points",
                "pin_drop",
                "discreet_shipping_collectionpoint",
                "shipping.manage_shipping",
            ),
            _line(
                "Discretion",
                "visibility_off",
                "plugins_pluginconfiguration",
                "plugins.manage_plugins",
            ),
            _line("VAT", "account_balance", "taxes_taxsettings", "site.manage_settings"),
            _line("Tax rates", "calculate", "taxes_taxrate", "site.manage_settings"),
            _line("Tax classes", "label", "taxes_taxclass", "site.manage_settings"),
            _line("Shop", "storefront", "product_content_shopsettings", "site.manage_settings"),
            _line("Limits", "speed", "ordering_orderlimits", "site.manage_settings"),
            _line(
                "Prices", "price_change", "product_content_pricechange", "discount.manage_discounts"
            ),
            _line("Sales", "sell", "discount_sale", "discount.manage_discounts"),
            _line("Vouchers", "percent", "discount_voucher", "discount.manage_discounts"),
            _line("Gift cards", "redeem", "dashboard_maskedgiftcard", "giftcard.manage_gift_card"),
        ],
    },
    {
        "title": "Payments",
        "items": [
            _line(
                "Unmatched payments",
                "help",
                "stripe_payments_unmatchedpayment",
                "order.manage_orders",
            ),
            _line(
                "Given-up events",
                "sync_problem",
                "stripe_payments_stripeevent",
                "order.manage_orders",
            ),
            _line(
                "Refused messages",
                "block",
                "stripe_payments_refusedwebhook",
                "order.manage_orders",
            ),
        ],
    },
    {
        "title": "Books",
        "items": [
            _page("Reports", "bar_chart", "staff-reports", "dashboard.view_reports"),
            _page("Exports", "download", "staff-exports", "dashboard.view_reports"),
            _page("Payouts", "account_balance_wallet", "staff-payouts", "dashboard.view_reports"),
        ],
    },
    {
        "title": "E-mails",
        "items": [
            _line("E-mails", "mail", "order_emails_outgoingemail", "order.manage_orders"),
            _line("Messages", "chat", "order_emails_customermessage", "order.manage_orders"),
            _line("Answers", "quickreply", "order_emails_answertemplate", "order.manage_orders"),
            _line("Reviews", "reviews", "product_content_review", "dashboard.moderate_reviews"),
            _line("E-mail texts", "edit_note", "order_emails_emailtext", "site.manage_settings"),
        ],
    },
    {
        "title": "People",
        "items": [
            _line("Customers", "person", "dashboard_customer", "account.manage_users"),
            _line("Staff", "badge", "dashboard_staffmember", "account.manage_staff"),
            _line("Groups", "groups", "auth_group", "account.manage_staff"),
            _line(
                "Who looked",
                "policy",
                "dashboard_accessrecord",
                "dashboard.view_access_log",
            ),
            _line("Who changed", "history", "admin_logentry", "dashboard.view_access_log"),
            _line(
                "What went wrong",
                "error",
                "dashboard_errorreport",
                "dashboard.view_access_log",
            ),
        ],
    },
]

# Calm teal, from light to dark; 600 on white has a contrast of 5.5 to 1.
_TEAL = {
    "50": "oklch(98.4% .014 180.7)",
    "100": "oklch(95.3% .051 180.8)",
    "200": "oklch(91% .096 180.4)",
    "300": "oklch(85.5% .138 181.1)",
    "400": "oklch(77.7% .152 181.9)",
    "500": "oklch(60% .104 184.7)",
    "600": "oklch(51.1% .096 186.4)",
    "700": "oklch(43.7% .078 188.2)",
    "800": "oklch(38.6% .063 188.4)",
    "900": "oklch(32% .05 188.4)",
    "950": "oklch(27.7% .046 192.5)",
}

UNFOLD = {
    "SITE_TITLE": f"{read('SHOP_NAME')} staff",
    "SITE_HEADER": read("SHOP_NAME"),
    "SITE_SUBHEADER": "Staff",
    "SITE_SYMBOL": "water_drop",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "STYLES": [_styles("without_scripts"), _styles("pages")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,  # Saleor's models do not know the storefront's addresses
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": _TEAL},
    "DASHBOARD_CALLBACK": "dashboard.home.home_context",
    "ACCOUNT": {
        "navigation": [
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
            {"title": "Recovery codes", "link": reverse_lazy("staff-recovery-codes")},
        ]
    },
    "SIDEBAR": {"show_search": False, "navigation": _NAVIGATION},
}
