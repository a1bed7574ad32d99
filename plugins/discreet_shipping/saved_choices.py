"""Choices stored on a basket, an order or an account, and whether they are still valid.

An account keeps them for the next order only if its signed-in customer asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from saleor.account.models import Address, User
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.choices import CHOICES_KEY, REMEMBERED_KEY, Choices, parse, to_data
from plugins.discreet_shipping.collection_points import find_point
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.errors import ChoicesRefused
from plugins.discreet_shipping.options import DeliveryContext
from plugins.discreet_shipping.policies import check_choices


def choices_of(thing: Checkout | Order) -> Choices:
    """Return the stored choices; the defaults if they cannot be read."""
    try:
        return parse((thing.metadata or {}).get(CHOICES_KEY, {}))
    except ChoicesRefused:
        return Choices()


def delivery_context(
    thing: Checkout | Order, rules: ShippingSettings, choices: Choices | None = None
) -> DeliveryContext:
    """Return all that policies need about a basket or order; `choices` replaces the stored."""
    choices = choices_of(thing) if choices is None else choices
    address: Address | None = thing.shipping_address
    return DeliveryContext(
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
    return check_choices(delivery_context(checkout, rules, choices))


def set_choices(*, checkout: Checkout, rules: ShippingSettings, data: Mapping[str, Any]) -> Choices:
    """Store what was chosen for a basket that the caller has locked; return it as stored.

    Raises ChoicesRefused, then nothing is changed.
    """
    choices = parse(data)
    if problems := check_choices(delivery_context(checkout, rules, choices)):
        raise ChoicesRefused(problems)
    checkout.store_value_in_metadata({CHOICES_KEY: to_data(choices)})
    checkout.save(update_fields=["metadata", "last_change"])
    return choices


# A date has passed by the next order, and a code word is for one order.
_NOT_REMEMBERED: dict[str, Any] = {"day": "any", "not_before": "", "weekdays": [], "code_word": ""}


def remember_choices(*, user: User, choices: Choices, asked: bool) -> None:
    """Keep the choices with the account if the customer asked for it, else erase older ones."""
    if not asked:
        erase_remembered_choices(user=user)
        return
    user.store_value_in_private_metadata({REMEMBERED_KEY: {**to_data(choices), **_NOT_REMEMBERED}})
    user.save(update_fields=["private_metadata"])


def erase_remembered_choices(*, user: User) -> None:
    """Erase the choices that the account remembers."""
    user.delete_value_from_private_metadata(REMEMBERED_KEY)
    user.save(update_fields=["private_metadata"])


def remembered_choices(*, user: User) -> Choices | None:
    """Return what the account remembers, or None."""
    data = (user.private_metadata or {}).get(REMEMBERED_KEY)
    try:
        return parse(data) if data else None
    except ChoicesRefused:
        return None
