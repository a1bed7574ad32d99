"""Packing: the checklist, and how far an order has got, after which its parcel stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.discreet_shipping.choices import WEEKDAYS
from plugins.discreet_shipping.contract import Contract
from plugins.discreet_shipping.order_contract import promised_arrival
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.packing import is_being_packed
from plugins.ordering.order_state import is_paid

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
        packing=is_being_packed(order.pk),
    )


USUAL_POINTS = "usual"  # stands for all points that are as in every parcel


@dataclass(frozen=True)
class Checklist:
    """What to look at, and what it must be: the usual points, and those of this order alone."""

    usual: tuple[tuple[str, str], ...] = ()
    different: tuple[tuple[str, str], ...] = ()


def checklist(contract: Contract) -> Checklist:
    """Return the points of a Contract, in the order of packing."""
    points, own = packing_checklist(contract), _different_points(contract)
    return Checklist(
        usual=tuple(point for point in points if point[0] not in own),
        different=tuple(point for point in points if point[0] in own),
    )


def _different_points(contract: Contract) -> set[str]:
    """Return the names of the points that are not as in a parcel without any choice."""
    label, choices = contract["label"], contract["choices"]
    other_name = choices["label_name"] != "own" or bool(choices["point"])
    differs = {
        "Slip": bool(contract["slip"]["lines"]),
        "Return label": bool(contract["return_label"]),
        "Customs": bool(contract["customs"]),
        "Sender": bool(label) and choices["sender"] not in {"", *current_settings().senders[:1]},
        "To": bool(label) and other_name,
        "On the label": bool(label and label["marks"]),
        "Handing over": choices["handover"] != "any",
        "Day": choices["day"] != "any",
        "E-mails": choices["messages"] != "neutral",
    }
    return {name for name, is_different in differs.items() if is_different}


_HANDOVER = {"any": "No signature", "signature": "Signature", "named": "Named person only"}


def packing_checklist(contract: Contract) -> list[tuple[str, str]]:
    """Return what to look at and what it must be, in the order of packing."""
    label, choices = contract["label"], contract["choices"]
    if is_for_card(contract):
        return [("Parcel", "None: a gift card was bought"), _mails(contract)]
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
    return [*rows, _mails(contract)]


def _mails(contract: Contract) -> tuple[str, str]:
    mails = contract["emails"]
    mail = mails["gift_card_bought"] if is_for_card(contract) else mails["order_confirmed"]
    return "E-mails", f"{contract['messages']}, subject “{mail['subject']}”"


def is_for_card(contract: Contract) -> bool:
    """Say whether this is the Contract of a gift card's order, of which nothing is packed."""
    return "gift_card_bought" in contract["emails"]


def _expected(contract: Contract) -> str:
    arrival = promised_arrival(contract)
    if arrival is None:
        return "no day was promised"
    days = (arrival.first, arrival.last) if arrival.is_range else (arrival.first,)
    return f"expected {' to '.join(f'{day:%-d %B %Y}' for day in days)}"


def _day(contract: Contract) -> str:
    choices = contract["choices"]
    expected = _expected(contract)
    if choices["day"] == "not_before":
        return f"Not before {date.fromisoformat(choices['not_before']):%-d %B %Y}, {expected}"
    if choices["day"] == "weekdays":
        return f"Only {', '.join(WEEKDAYS[day] for day in choices['weekdays'])}, {expected}"
    return f"Any, {expected}"
