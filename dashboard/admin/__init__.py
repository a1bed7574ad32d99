"""Admin classes, one module per area; importing this package registers them all."""

from dashboard.admin import (
    customers,
    discounts,
    discretion,
    email_texts,
    emails,
    gift_cards,
    guides,
    orders,
    payments,
    products,
    shipping,
    staff,
    stock,
)

__all__ = [
    "customers",
    "discounts",
    "discretion",
    "email_texts",
    "emails",
    "gift_cards",
    "guides",
    "orders",
    "payments",
    "products",
    "shipping",
    "staff",
    "stock",
]
