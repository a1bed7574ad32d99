"""Contracts: the one an order has, the one a basket would get, and what was promised to cost."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from prices import Money
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.contract import Contract, build
from plugins.discreet_shipping.selectors.facts import facts_of_checkout
from plugins.ordering.discretion import CONTRACT_KEY


def contract_of(order: Order) -> Contract | None:
    """Return the Contract that is stored with the order, or None for one without."""
    return cast("Contract | None", (order.metadata or {}).get(CONTRACT_KEY) or None)


def preview_contract(
    checkout: Checkout, rules: ShippingSettings, *, total: Money, delivery: Money
) -> Contract:
    """Return the Contract that the basket's order would get; only its number is to come."""
    return build(facts_of_checkout(checkout, rules, total=total, delivery=delivery))


def delivery_of(order: Order) -> Money:
    """Return what delivery costs by the order's Contract, which changes after ordering lower."""
    contract = contract_of(order)
    if contract is None:
        return cast("Money", order.shipping_price_gross)
    return Money(Decimal(contract["delivery"]), order.currency)


def promised_surcharge(order: Order) -> Money:
    """Return what the options of the order's Contract add to its delivery price."""
    contract = contract_of(order)
    amounts = [Decimal(price) for _key, _name, price in contract["options"]] if contract else []
    return Money(sum(amounts, Decimal("0.00")), order.currency)
