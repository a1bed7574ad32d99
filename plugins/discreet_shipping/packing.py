"""Packing: the checklist, and when packing has begun, after which a parcel cannot be changed."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.db import transaction
from django.utils import timezone
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.events import order_note_added_event
from saleor.order.models import Order

from plugins.discreet_shipping.choices import WEEKDAYS
from plugins.discreet_shipping.contract import Contract
from plugins.discreet_shipping.errors import ChangeRefused
from plugins.ordering.locks import lock_order
from plugins.ordering.order_state import LABEL_PRINTED_KEY, PACKING_KEY, is_paid

_SENT = (OrderStatus.FULFILLED, OrderStatus.PARTIALLY_FULFILLED)


class Progress(TypedDict):
    """The arguments of `policies.may_change`."""

    paid: bool
    cancelled: bool
    sent: bool
    packing: bool


def progress_of(order: Order) -> Progress:
    """Return the order's status."""
    return Progress(
        paid=is_paid(order),
        cancelled=order.status == OrderStatus.CANCELED,
        sent=order.status in _SENT,
        packing=PACKING_KEY in (order.private_metadata or {}),
    )


_HANDOVER = {"any": "No signature", "signature": "Signature", "named": "Named person only"}


def packing_checklist(contract: Contract) -> list[tuple[str, str]]:
    """Return what to look at and what it must be, in the order of packing."""
    label, choices = contract["label"], contract["choices"]
    rows = [("Box", contract["box"])]
    rows.append(("Inner bag", "Sealed; every price and product name is inside it"))
    slip = contract["slip"]["lines"]
    codes = ", ".join(f"{code} × {pieces}" for code, pieces in slip)
    rows.append(("Slip", codes or "None"))
    rows.append(("Return label", "Put it in" if contract["return_label"] else "None"))
    if contract["customs"]:
        rows.append(("Customs", ". ".join(contract["customs"])))
    if label:
        rows += [
            ("Sender", ", ".join(label["sender"])),
            ("To", ", ".join(label["recipient"])),
            ("On the label", ", ".join(label["marks"]) or "Nothing more"),
            ("Handing over", _HANDOVER[choices["handover"]]),
            ("Day", _day(contract)),
        ]
    mail = contract["emails"]["order_confirmed"]
    rows.append(("E-mails", f"{contract['messages']}, subject “{mail['subject']}”"))
    return rows


def _day(contract: Contract) -> str:
    choices = contract["choices"]
    expected = f"expected {date.fromisoformat(contract['expected_day']):%-d %B %Y}"
    if choices["day"] == "not_before":
        return f"Not before {date.fromisoformat(choices['not_before']):%-d %B %Y}, {expected}"
    if choices["day"] == "weekdays":
        return f"Only {', '.join(WEEKDAYS[day] for day in choices['weekdays'])}, {expected}"
    return f"Any, {expected}"


@transaction.atomic
def start_packing(*, order_id: int, user: User) -> None:
    """Record that packing has begun; idempotent. Raises ChangeRefused."""
    order, _checkout = lock_order(order_id)
    progress = progress_of(order)
    if progress["packing"]:
        return
    if not progress["paid"] or progress["cancelled"]:
        raise ChangeRefused("Only a paid order can be packed.")
    began = {"started_at": timezone.now().isoformat(), "by": user.pk}
    order.store_value_in_private_metadata({PACKING_KEY: began})
    order.save(update_fields=["private_metadata"])
    order_note_added_event(order=order, user=user, message="Packing has begun.")


@transaction.atomic
def stop_packing(*, order_id: int, user: User) -> None:
    """Stop packing an order of which nothing was sent: it can be changed and cancelled again."""
    order, _checkout = lock_order(order_id)
    if not progress_of(order)["packing"] or progress_of(order)["sent"]:
        return
    order.delete_value_from_private_metadata(PACKING_KEY)
    order.save(update_fields=["private_metadata"])
    order_note_added_event(order=order, user=user, message="Packing was put aside.")


@transaction.atomic
def record_printed_label(*, order_id: int) -> None:
    """Record that a label was printed, which must be destroyed if the address changes."""
    order, _checkout = lock_order(order_id)
    order.store_value_in_private_metadata({LABEL_PRINTED_KEY: timezone.now().isoformat()})
    order.save(update_fields=["private_metadata"])
