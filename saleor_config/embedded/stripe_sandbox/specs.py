"""The parameters of each endpoint, as Stripe's API reference lists them.

Only what a shop with hosted, one-off payments can need is here; anything else is refused as
unknown, which is stricter than Stripe, never laxer.
"""

from __future__ import annotations

from typing import Any

from saleor_config.embedded.stripe_sandbox.parameters import (
    Check,
    address,
    email,
    flag,
    many,
    metadata,
    one_of,
    shape,
    text,
    whole,
)

_EXPAND = {"expand": many(text())}
_CREATED = {
    "created": shape({key: whole() for key in ("gt", "gte", "lt", "lte")}),
}
_PAGE = {
    "limit": whole(least=1, most=100),
    "starting_after": text(),
    "ending_before": text(),
    **_EXPAND,
}
_CURRENCY = text(most=3)


def _suffix(value: Any, name: str) -> str:
    from saleor_config.embedded.stripe_sandbox.descriptors import check_suffix

    return check_suffix(text()(value, name), name)


_PRICE = shape(
    {
        "currency": _CURRENCY,
        "product_data": shape(
            {
                "name": text(most=250),
                "description": text(most=1500),
                "images": many(address, most=8),
                "metadata": metadata,
                "tax_code": text(),
                "unit_label": text(most=12),
            },
            required=("name",),
        ),
        "unit_amount": whole(),
        "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    },
    required=("currency",),
)
_ITEM = shape({"price_data": _PRICE, "quantity": whole(least=1)}, required=("price_data",))
_INTENT_DATA = shape(
    {
        "capture_method": one_of("automatic", "automatic_async", "manual"),
        "description": text(most=1000),
        "metadata": metadata,
        "receipt_email": email,
        "statement_descriptor_suffix": _suffix,
    }
)
SESSION_CREATE = shape(
    {
        "adaptive_pricing": shape({"enabled": flag}),
        "billing_address_collection": one_of("auto", "required"),
        "cancel_url": address,
        "client_reference_id": text(most=200),
        "currency": _CURRENCY,
        "customer_creation": one_of("always", "if_required"),
        "customer_email": email,
        "expires_at": whole(),
        "line_items": many(_ITEM),
        "locale": text(most=10),
        "metadata": metadata,
        "mode": one_of("payment", "setup", "subscription"),
        "payment_intent_data": _INTENT_DATA,
        "payment_method_types": many(one_of("card", "bacs_debit", "sepa_debit", "paypal", "link")),
        "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
        "success_url": address,
        "ui_mode": one_of("elements", "embedded_page", "form", "hosted_page"),
        **_EXPAND,
    },
    required=("line_items", "mode", "success_url"),
)
SESSION_LIST = shape(
    {"payment_intent": text(), "status": one_of("complete", "expired", "open"), **_PAGE, **_CREATED}
)
REFUND_CREATE = shape(
    {
        "amount": whole(least=1),
        "charge": text(),
        "metadata": metadata,
        "payment_intent": text(),
        "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
        **_EXPAND,
    }
)
REFUND_LIST = shape({"charge": text(), "payment_intent": text(), **_PAGE, **_CREATED})
DISPUTE_LIST = shape({"charge": text(), "payment_intent": text(), **_PAGE, **_CREATED})
EVENT_LIST = shape(
    {"type": text(), "types": many(text(), most=20), "delivery_success": flag, **_PAGE, **_CREATED}
)
RETRIEVE: Check = shape(_EXPAND)
NOTHING: Check = shape(_EXPAND)
