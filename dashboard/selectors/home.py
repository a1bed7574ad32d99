"""What there is to do today: numbers for the first page, each with the list behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from saleor.account.models import User

from dashboard.roles import MANAGE_STOCK, PACK_ORDERS
from dashboard.selectors.orders import (
    NEEDS_ATTENTION,
    TO_PACK,
    WAITING_FOR_PAYMENT,
    orders_with_payment,
    placed_today,
)
from dashboard.selectors.stock import low_stock, stock_with_availability


@dataclass(frozen=True)
class WorkItem:
    """One number on the first page. `urgent` is set when it asks for someone to act."""

    label: str
    number: int
    hint: str
    icon: str
    url: str
    urgent: bool = False


def work_for(user: User) -> list[WorkItem]:
    """Return what this person may see, in the order of a working day; two queries at most."""
    items: list[WorkItem] = []
    if user.has_perm("order.manage_orders"):
        items += _orders()
    elif user.has_perm(PACK_ORDERS):
        items.append(_packing())
    if user.has_perm(MANAGE_STOCK):
        items.append(_stock())
    return items


def _orders() -> list[WorkItem]:
    counts = orders_with_payment().aggregate(
        to_pack=Count("pk", filter=TO_PACK),
        waiting=Count("pk", filter=WAITING_FOR_PAYMENT),
        attention=Count("pk", filter=NEEDS_ATTENTION),
        today=Count("pk", filter=placed_today()),
    )
    return [
        WorkItem(
            "To pack", counts["to_pack"], "Paid, not sent yet", "package_2", _order_list("to_pack")
        ),
        WorkItem(
            "Needs attention",
            counts["attention"],
            "Look at these first",
            "flag",
            _order_list("attention"),
            urgent=counts["attention"] > 0,
        ),
        WorkItem(
            "Waiting for payment",
            counts["waiting"],
            "Stock is held for these",
            "hourglass_top",
            _order_list("waiting"),
        ),
        WorkItem(
            "Orders today", counts["today"], "Placed since midnight", "today", _order_list("today")
        ),
    ]


def _packing() -> WorkItem:
    waiting = orders_with_payment().filter(TO_PACK).count()
    return WorkItem("To pack", waiting, "Paid, not sent yet", "package_2", reverse("staff-packing"))


def _stock() -> WorkItem:
    low = low_stock(stock_with_availability()).count()
    url = reverse("admin:dashboard_stockitem_changelist") + "?level=low"
    return WorkItem("Low stock", low, "At its reorder point", "inventory_2", url, low > 0)


def _order_list(work: str) -> str:
    return f"{reverse('admin:order_order_changelist')}?work={work}"
