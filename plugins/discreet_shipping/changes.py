"""Change a placed order: its choices until packing begins, its address at its customer's request.

An order is paid once, so choices that cost more are refused, with the difference; if they cost
less, the difference is refunded at once. The order's total stays what was paid, as with every
other refund.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django_countries import countries
from prices import Money
from saleor.account.models import Address, User
from saleor.discount import VoucherType
from saleor.order import OrderEvents
from saleor.order.events import order_note_added_event
from saleor.order.models import Order, OrderEvent
from saleor.plugins.manager import get_plugins_manager

from plugins.discreet_shipping.choices import CHOICES_KEY, Choices, ChoicesRefused, parse, to_data
from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.order_contract import (
    choices_of,
    contract_of,
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
    may_change_address,
    new_address_fits,
    price_change_allowed,
    surcharge,
)
from plugins.fulfilment.packing import is_label_printed, record_destroyed_labels
from plugins.ordering.addresses import delete_unused_addresses
from plugins.ordering.locks import lock_order
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.refund_plans import refundable_amount
from plugins.ordering.refunds import request_refund
from product_content.decisions import Decision
from product_content.money import zero
from product_content.selectors.variants import served_codes

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


def address_change_decision(order: Order) -> Decision:
    """Say whether the order's address can still be changed by staff, and if not, why."""
    return may_change_address(**progress_of(order), collection=bool(choices_of(order).point))


def address_version(address: Address | None) -> str:
    """Return the version of an address, by which a form names the one it was shown with."""
    content = {key: str(value) for key, value in address.as_data().items()} if address else {}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def served_countries(order: Order) -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of where the order's delivery method goes, by name.

    The default zone serves the rest of the world, as in Saleor. Where the method is gone, the
    order's own country is left.
    """
    names = dict(countries)
    method, address = order.shipping_method, order.shipping_address
    codes = served_codes(method.shipping_zone) if method else set()
    codes |= {address.country.code} if address else set()
    return sorted(
        ((code, str(names[code])) for code in codes if code in names), key=lambda row: row[1]
    )


@transaction.atomic
def change_address(
    *,
    order_id: int,
    address: Mapping[str, str],
    expected_version: str,
    destroyed: bool,
    actor_id: int,
) -> None:
    """Send an order to another `address` (fields of Saleor's Address); its price stays.

    Label, Contract and e-mails follow, and the customer gets one e-mail. `expected_version` is
    the version of the address that the form showed; `destroyed`: a printed label was destroyed.
    Raises ChangeRefused.
    """
    order, _checkout = lock_order(order_id)
    new, old = Address(**address), order.shipping_address
    _require(address_change_decision(order))
    _require(_fits(order, new, expected_version=expected_version, destroyed=destroyed))
    new.save()
    _set_address(order, new)
    delete_unused_addresses([old.pk if old else None])
    actor = User.objects.get(pk=actor_id)
    OrderEvent.objects.create(order=order, type=OrderEvents.UPDATED_ADDRESS, user=actor)
    get_plugins_manager().order_updated(order)  # asks for the customer's e-mail


def _require(decision: Decision) -> None:
    if not decision.allowed:
        raise ChangeRefused(decision.reason)


def _fits(order: Order, new: Address, *, expected_version: str, destroyed: bool) -> Decision:
    current = address_version(order.shipping_address)
    return new_address_fits(
        is_current=expected_version == current,
        is_new=address_version(new) != current,
        is_served=new.country.code in dict(served_countries(order)),
        printed=is_label_printed(order),
        destroyed=destroyed,
    )


def _set_address(order: Order, address: Address) -> None:
    rules = current_settings()
    before = _problems(order, rules)
    order.shipping_address = address
    # refuse choices that the new country does not offer; problems from before are kept
    for field, reason in _problems(order, rules).items():
        _require(Decision(field in before, reason))
    record_destroyed_labels(order)
    order.save(update_fields=["shipping_address"])
    if contract_of(order):
        store_contract(order=order, rules=rules, delivery=delivery_price(order))


def _problems(order: Order, rules: ShippingSettings) -> Mapping[str, str]:
    return check_choices(delivery_context(order, rules)) if rules.active else {}
