"""What choices cost: computed here from staff's settings, never taken from a browser."""

from __future__ import annotations

from decimal import Decimal

from prices import Money

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.policies.offered import used_options


def option_prices(
    choices: Choices, rules: ShippingSettings, currency: str
) -> tuple[tuple[str, Money], ...]:
    """Return each used option with its price; the free ones too."""
    priced = ((option, rules.options[option].price) for option in used_options(choices, rules))
    return tuple((option, Money(price, currency)) for option, price in priced if price is not None)


def surcharge(choices: Choices, rules: ShippingSettings, currency: str) -> Money:
    """Return what all used options add to the delivery price, with tax."""
    zero = Money(Decimal("0.00"), currency)
    return sum((price for _option, price in option_prices(choices, rules, currency)), zero)
