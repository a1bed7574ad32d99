"""Fixing the Contract with the order."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation
from prices import Money
from saleor.order.models import Order

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.contract import build
from plugins.discreet_shipping.selectors.facts import facts_of_order
from plugins.ordering.discretion import CONTRACT_KEY


def fix_contract(*, order: Order, rules: ShippingSettings, delivery: Money | None = None) -> None:
    """Store what others will see of this order, made from the choices that stand on it.

    `delivery` is what delivery costs since it was changed; the order keeps what was paid.
    """
    facts = facts_of_order(order, rules)
    if delivery is not None:
        facts = replace(facts, delivery=delivery)
    with translation.override(order.language_code):  # its subjects and titles are the customer's
        contract = build(facts)
    order.store_value_in_metadata({CONTRACT_KEY: contract})
    order.save(update_fields=["metadata"])
