"""Who works here, and what each of them may open: the one table of roles.

Each role becomes a permission group of Saleor's when it is not there yet (`make_roles`); from
then on the shop's managers change it. A permission that is added here later reaches the groups
of existing shops by a migration.
"""

from __future__ import annotations

from dataclasses import dataclass

PACK_ORDERS = "dashboard.pack_orders"
MANAGE_STOCK = "dashboard.manage_stock"
VIEW_ACCESS_LOG = "dashboard.view_access_log"
VIEW_REPORTS = "dashboard.view_reports"
MODERATE_REVIEWS = "dashboard.moderate_reviews"

# Saleor has one permission for all that concerns orders and one for all that concerns products:
# with it a packer would see what people paid, and a stock keeper could rewrite a guide.
OWN_PERMISSIONS = (
    (PACK_ORDERS, "Pack orders."),
    (MANAGE_STOCK, "Manage stock."),
    (VIEW_ACCESS_LOG, "View the access log."),
    (VIEW_REPORTS, "View reports and take the books away."),
    (MODERATE_REVIEWS, "Moderate reviews."),
)


@dataclass(frozen=True)
class Role:
    """A kind of work, the permissions it needs ("app.codename"), and why no more of them."""

    name: str
    permissions: tuple[str, ...]
    why: str


ROLES = (
    Role(
        "Packer",
        (PACK_ORDERS,),
        "Sees what goes into a parcel and onto its label: no price, payment or e-mail address.",
    ),
    Role(
        "Inventory keeper",
        (MANAGE_STOCK,),
        "Counts, receives and moves goods. Whose orders hold them is not needed for that.",
    ),
    Role(
        "Content editor",
        ("product.manage_products",),
        "Writes products and guides. Nothing about anybody who buys.",
    ),
    Role(
        "Support",
        ("order.manage_orders", "account.manage_users", MODERATE_REVIEWS),
        "Answers customers: orders, refunds, reviews. What it looks at is written down.",
    ),
    Role(
        "Manager",
        (
            PACK_ORDERS,
            MANAGE_STOCK,
            VIEW_ACCESS_LOG,
            VIEW_REPORTS,
            MODERATE_REVIEWS,
            "order.manage_orders",
            "account.manage_users",
            "account.manage_staff",
            "product.manage_products",
            "shipping.manage_shipping",
            "discount.manage_discounts",
            "giftcard.manage_gift_card",
            "plugins.manage_plugins",
            "site.manage_settings",
        ),
        "Runs the shop, and can hand on each of the roles above.",
    ),
)
