"""Choices as they stand on a basket or an order, and what is wrong with them by now."""

from __future__ import annotations

from django.utils import timezone
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices, parse
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.constants import CHOICES_KEY
from plugins.discreet_shipping.errors import ChoicesRefused
from plugins.discreet_shipping.policies import Situation, check_choices
from plugins.discreet_shipping.selectors.points import find_point


def choices_of(thing: Checkout | Order) -> Choices:
    """Return the stored choices; what cannot be read counts as none, so as the defaults."""
    try:
        return parse((thing.metadata or {}).get(CHOICES_KEY, {}))
    except ChoicesRefused:
        return Choices()


def situation_of(
    thing: Checkout | Order, rules: ShippingSettings, choices: Choices | None = None
) -> Situation:
    """Return all that policies need about a basket or order; `choices` replaces the stored."""
    choices = choices_of(thing) if choices is None else choices
    address: Address | None = thing.shipping_address
    return Situation(
        choices=choices,
        rules=rules,
        country=address.country.code if address else "",
        method=thing.shipping_method_id,
        point=find_point(choices.point) if choices.point else None,
        first_name=address.first_name if address else "",
        today=timezone.localdate(),
    )


def problems_of(checkout: Checkout, rules: ShippingSettings) -> dict[str, str]:
    """Return what does not fit (any more) in a basket's choices, by field."""
    try:
        choices = parse((checkout.metadata or {}).get(CHOICES_KEY, {}))
    except ChoicesRefused as refused:
        return refused.problems
    return check_choices(situation_of(checkout, rules, choices))
