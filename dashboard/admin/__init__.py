"""Admin classes, one module per area; importing this package registers them all."""

from dashboard.admin import (
    access_log,
    customers,
    discounts,
    discretion,
    email_texts,
    emails,
    gift_cards,
    guides,
    ledger_checks,
    orders,
    payments,
    products,
    shipping,
    sizes,
    staff,
    stock,
)

__all__ = [
    "access_log",
    "customers",
    "discounts",
    "discretion",
    "email_texts",
    "emails",
    "gift_cards",
    "guides",
    "ledger_checks",
    "orders",
    "payments",
    "products",
    "shipping",
    "sizes",
    "staff",
    "stock",
]
