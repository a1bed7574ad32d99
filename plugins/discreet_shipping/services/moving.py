"""Sending a placed order elsewhere, because its customer asked the shop to."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from saleor.account.models import Address, User
from saleor.order import OrderEvents
from saleor.order.models import Order, OrderEvent
from saleor.plugins.manager import get_plugins_manager

from plugins.discreet_shipping.configuration import ShippingSettings
from plugins.discreet_shipping.errors import ChangeRefused
from plugins.discreet_shipping.policies import check_choices
from plugins.discreet_shipping.policies.moving import move_fits
from plugins.discreet_shipping.policies.situation import Answer
from plugins.discreet_shipping.selectors.contracts import contract_of, delivery_of
from plugins.discreet_shipping.selectors.moving import (
    address_stamp,
    is_label_printed,
    may_be_moved,
    served_countries,
)
from plugins.discreet_shipping.selectors.settings import current_settings
from plugins.discreet_shipping.selectors.stored import situation_of
from plugins.discreet_shipping.services.contracts import fix_contract
from plugins.ordering.marks import LABEL_PRINTED
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.unused_addresses import delete_unused_addresses


@transaction.atomic
def change_address(
    *, order_id: int, address: Mapping[str, str], seen: str, destroyed: bool, actor_id: int
) -> None:
    """Send an order to another `address` (fields of Saleor's Address); its price stays.

    Label, Contract and e-mails follow, and the customer is told once. `seen` is the stamp of the
    address that the person saw; `destroyed` says that a printed label is gone. Raises
    ChangeRefused.
    """
    order, _checkout = lock_order(order_id)
    new, old = Address(**address), order.shipping_address
    _require(may_be_moved(order))
    _require(_fits(order, new, seen=seen, destroyed=destroyed))
    new.save()
    _send_to(order, new)
    delete_unused_addresses([old.pk if old else None])
    actor = User.objects.get(pk=actor_id)
    OrderEvent.objects.create(order=order, type=OrderEvents.UPDATED_ADDRESS, user=actor)
    get_plugins_manager().order_updated(order)  # asks for the customer's e-mail


def _require(answer: Answer) -> None:
    allowed, reason = answer
    if not allowed:
        raise ChangeRefused(reason)


def _fits(order: Order, new: Address, *, seen: str, destroyed: bool) -> Answer:
    now = address_stamp(order.shipping_address)
    return move_fits(
        is_seen=seen == now,
        is_new=address_stamp(new) != now,
        is_served=new.country.code in dict(served_countries(order)),
        printed=is_label_printed(order),
        destroyed=destroyed,
    )


def _send_to(order: Order, address: Address) -> None:
    rules = current_settings()
    before = _problems(order, rules)
    order.shipping_address = address
    # what was chosen may not be had in the new country; what no longer fitted before stays
    for field, reason in _problems(order, rules).items():
        _require((field in before, reason))
    order.delete_value_from_private_metadata(LABEL_PRINTED)
    order.save(update_fields=["shipping_address", "private_metadata"])
    if contract_of(order):
        fix_contract(order=order, rules=rules, delivery=delivery_of(order))


def _problems(order: Order, rules: ShippingSettings) -> Mapping[str, str]:
    return check_choices(situation_of(order, rules)) if rules.active else {}
