"""Keeping the choices of a basket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saleor.checkout.models import Checkout

from plugins.discreet_shipping.choices import Choices, parse, to_data
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.constants import CHOICES_KEY
from plugins.discreet_shipping.errors import ChoicesRefused
from plugins.discreet_shipping.policies import check_choices
from plugins.discreet_shipping.selectors.stored import situation_of


def set_choices(*, checkout: Checkout, rules: ShippingSettings, data: Mapping[str, Any]) -> Choices:
    """Store what was chosen for a basket that the caller has locked; return it as stored.

    Raises ChoicesRefused, then nothing is changed. The caller renews the basket's voucher:
    one for delivery covers delivery with its options.
    """
    choices = parse(data)
    if problems := check_choices(situation_of(checkout, rules, choices)):
        raise ChoicesRefused(problems)
    checkout.store_value_in_metadata({CHOICES_KEY: to_data(choices)})
    checkout.save(update_fields=["metadata", "last_change"])
    return choices
