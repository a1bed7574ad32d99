"""The facts of a basket or an order that its Contract is made of."""

from __future__ import annotations

from django.conf import settings
from prices import Money
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.contract import NUMBER_TO_COME, Facts
from plugins.discreet_shipping.recipient import place_lines
from plugins.discreet_shipping.selectors.stored import choices_of, situation_of
from plugins.ordering.discretion import RECEIPT_KEY


def facts_of_order(order: Order, rules: ShippingSettings, choices: Choices | None = None) -> Facts:
    """Return the facts of a placed order; `choices` replaces those that stand on it."""
    address = order.shipping_address
    return Facts(
        situation=situation_of(order, rules, choices or _in_force(order, rules)),
        number=str(order.pk),
        email=order.get_customer_email() or "",
        first_name=address.first_name if address else "",
        last_name=address.last_name if address else "",
        address=place_lines(address),
        lines=tuple((line.variant_id or 0, line.quantity) for line in order.lines.all()),
        total=order.total_gross,
        delivery=order.shipping_price_gross,
        payment_receipt=RECEIPT_KEY in (order.metadata or {}),
    )


def facts_of_checkout(
    checkout: Checkout, rules: ShippingSettings, *, total: Money, delivery: Money
) -> Facts:
    """Return the facts of a basket, priced by the caller; its number is still to come."""
    address = checkout.shipping_address
    return Facts(
        situation=situation_of(checkout, rules, _in_force(checkout, rules)),
        number=NUMBER_TO_COME,
        email=checkout.email or settings.DEFAULT_FROM_EMAIL,
        first_name=address.first_name if address else "",
        last_name=address.last_name if address else "",
        address=place_lines(address) if checkout.is_shipping_required() else (),
        lines=tuple((line.variant_id, line.quantity) for line in checkout.lines.all()),
        total=total,
        delivery=delivery,
        payment_receipt=RECEIPT_KEY in (checkout.metadata or {}),
    )


def _in_force(thing: Checkout | Order, rules: ShippingSettings) -> Choices:
    return choices_of(thing) if rules.active else Choices()
