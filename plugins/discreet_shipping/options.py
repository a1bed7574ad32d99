"""Delivery options: what they are decided by, where they are offered, and what they cost. Pure.

Prices are computed here from staff's settings, never taken from a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from prices import Money

from plugins.discreet_shipping.choices import OPTIONS, Choices
from plugins.discreet_shipping.configuration import ShippingSettings
from product_content.decisions import ALLOWED, Decision, refused
from product_content.money import zero


@dataclass(frozen=True)
class Point:
    """A collection point as policies, labels and its customer see it.

    `hours` is text; a parcel can be collected until `kept_days` after its arrival, 0: not known.
    """

    code: str
    carrier: str
    kind: str
    name: str
    lines: tuple[str, ...]
    country: str
    hours: str = ""
    kept_days: int = 0


@dataclass(frozen=True)
class DeliveryContext:
    """A basket with its choices: where it goes (country, method id), the point, and when it is."""

    choices: Choices
    rules: ShippingSettings
    country: str
    method: int | None
    point: Point | None
    first_name: str
    now: datetime


def is_offered(
    rules: ShippingSettings, option: str, *, country: str, method: int | None
) -> Decision:
    """Say whether `option` can be had with delivery to `country` by `method`."""
    rule, name = rules.options[option], OPTIONS[option]
    if not rules.active or rule.price is None:
        return refused(_("“%(name)s” is not offered at the moment.") % {"name": name})
    if rule.countries and country not in rule.countries:
        return refused(
            _("“%(name)s” is not offered in the country of your address.") % {"name": name}
        )
    if rule.methods and method not in rule.methods:
        return refused(
            _("“%(name)s” is not offered with this way of delivery. Choose another one.")
            % {"name": name}
        )
    return ALLOWED


def used_options(choices: Choices, rules: ShippingSettings) -> tuple[str, ...]:
    """Return the options that the choices use, each once, in the order of `OPTIONS`."""
    used = {
        "sender": choices.sender not in {"", rules.senders[0] if rules.senders else ""},
        "label_name": choices.label_name != "own",
        "collection": bool(choices.point),
        "signature": choices.handover == "signature",
        "named": choices.handover == "named",
        "safe_place": bool(choices.safe_place),
        "no_neighbour": choices.no_neighbour,
        "day": choices.day != "any",
        "slip": choices.slip != "none",
        "messages": _changes_messages(choices),
        "return_label": choices.return_label,
    }
    return tuple(option for option in OPTIONS if used[option])


def _changes_messages(choices: Choices) -> bool:
    usual = (choices.messages, choices.receipt) == ("neutral", "email")
    return not usual or bool(choices.message_email or choices.code_word)


def option_prices(
    choices: Choices, rules: ShippingSettings, currency: str
) -> tuple[tuple[str, Money], ...]:
    """Return each used option with its price; the free ones too."""
    priced = ((option, rules.options[option].price) for option in used_options(choices, rules))
    return tuple((option, Money(price, currency)) for option, price in priced if price is not None)


def surcharge(choices: Choices, rules: ShippingSettings, currency: str) -> Money:
    """Return what all used options add to the delivery price, with tax."""
    prices = (price for _option, price in option_prices(choices, rules, currency))
    return sum(prices, zero(currency))
