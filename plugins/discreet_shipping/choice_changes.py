"""Change the choices of a placed order, until packing begins.

An order is paid once, so choices that cost more are refused, with the difference; if they cost
less, the difference is refunded at once. The order's total stays what was paid, as with every
other refund.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from prices import Money
from saleor.discount import VoucherType
from saleor.order.events import order_note_added_event
from saleor.order.models import Order

from plugins.discreet_shipping.choices import CHOICES_KEY, Choices, ChoicesRefused, parse, to_data
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.options import surcharge
from plugins.discreet_shipping.order_contract import (
    contract_surcharge,
    delivery_context,
    delivery_price,
    store_contract,
)
from plugins.discreet_shipping.packing import progress_of
from plugins.discreet_shipping.plugin import current_settings
from plugins.discreet_shipping.policies import (
    ChangeRefused,
    check_choices,
    may_change,
    price_change_allowed,
)
from plugins.ordering.locks import lock_order
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.refund_plans import refundable_amount
from plugins.ordering.refunds import request_refund
from product_content.money import zero

REFUND_REASON = "Delivery options were taken out after ordering."


@transaction.atomic
def change_choices(*, order_id: int, data: Mapping[str, Any]) -> Money:
    """Change the choices of a paid order, renew its Contract, and return the refunded amount.

    Raises ChangeRefused when it is too late or would cost more, ChoicesRefused per field.
    """
    order, _checkout = lock_order(order_id)
    _refuse_late(order)
    rules = current_settings()
    choices = _valid_choices(order, rules, data)
    cheaper = _price_reduction(order, choices, rules)
    back = cheaper - _covered_by_voucher(order, cheaper)
    delivery = delivery_price(order) - cheaper
    round_ = int((order.metadata or {}).get("discretion_changes", 0)) + 1
    order.store_value_in_metadata({CHOICES_KEY: to_data(choices), "discretion_changes": round_})
    store_contract(order=order, rules=rules, delivery=delivery)
    order_note_added_event(order=order, user=None, message="The customer changed the delivery.")
    return _refund(order, back, round_)


def _refuse_late(order: Order) -> None:
    allowed, reason = may_change(**progress_of(order))
    if not allowed:
        raise ChangeRefused(reason)


def _valid_choices(order: Order, rules: ShippingSettings, data: Mapping[str, Any]) -> Choices:
    choices = parse(data)
    if problems := check_choices(delivery_context(order, rules, choices)):
        raise ChoicesRefused(problems)
    return choices


def _price_reduction(order: Order, choices: Choices, rules: ShippingSettings) -> Money:
    """Return by how much delivery becomes cheaper; raise ChangeRefused if it would cost more."""
    before, after = contract_surcharge(order), surcharge(choices, rules, order.currency)
    allowed, reason = price_change_allowed(before=before, after=after)
    if not allowed:
        raise ChangeRefused(reason)
    return before - after


def _covered_by_voucher(order: Order, cheaper: Money) -> Money:
    """Return the part of the reduction that a voucher for delivery had covered.

    Such a voucher gives less when delivery costs less: one of 100% had covered all of the
    reduction, one of £2 none of it while delivery stays above £2.
    """
    nothing = zero(order.currency)
    if order.voucher is None or order.voucher.type != VoucherType.SHIPPING:
        return nothing
    price = delivery_price(order)
    given = order.voucher.get_discount_amount_for(price)
    less = given - order.voucher.get_discount_amount_for(price - cheaper)
    return min(max(less, nothing), cheaper)


def _refund(order: Order, amount: Money, round_: int) -> Money:
    """Refund what is left of it, to where the money came from; return how much."""
    back = min(amount, refundable_amount(order))
    if back.amount:
        _request_refund(order, back, round_)
    return back


def _request_refund(order: Order, amount: Money, round_: int) -> None:
    try:
        request_refund(
            order_id=order.pk,
            key=f"discretion-{order.pk}-{round_}",
            reason=REFUND_REASON,
            delivery=amount,
        )
    except RefundRefused as refused:
        raise ChangeRefused(
            gettext("We cannot give the difference back by ourselves. Please write to us.")
        ) from refused
