"""What happens to a parcel after it left us: it can be collected, or it has arrived."""

from __future__ import annotations

from enum import StrEnum

from django.db import transaction
from saleor.account.models import User
from saleor.order.events import order_note_added_event
from saleor.order.models import Order

from dashboard.policies import may_report
from plugins.discreet_shipping.selectors import contract_of
from plugins.order_emails.services import queue_email
from plugins.ordering.marks import REPORTED
from plugins.ordering.services.locks import lock_order


class Report(StrEnum):
    """What the carrier told us; the values are the kinds of the customer's e-mails."""

    READY = "ready_to_collect"
    ARRIVED = "delivered"


_NOTES = {
    Report.READY: "The parcel can be collected.",
    Report.ARRIVED: "The parcel was handed over.",
}


class ReportRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """Nothing was noted; `str()` says why."""


@transaction.atomic
def report_parcel(*, order_id: int, report: Report, actor: User) -> None:
    """Note what the carrier told us, once, and tell the customer. Raises ReportRefused."""
    order, _checkout = lock_order(order_id)
    allowed, why = may_be_reported(order, report)
    if not allowed:
        raise ReportRefused(why)
    order.store_value_in_private_metadata({REPORTED: [*_reported(order), report.value]})
    order.save(update_fields=["private_metadata"])
    order_note_added_event(order=order, user=actor, message=_NOTES[report])
    queue_email(order_id=order_id, kind=report.value, occasion=report.value)


def may_be_reported(order: Order, report: Report) -> tuple[bool, str]:
    """Say whether this can be noted of the order now, and if not, why."""
    contract = contract_of(order)
    return may_report(
        has_left=order.fulfillments.exclude(status="canceled").exists(),
        is_known=report.value in _reported(order),
        is_collection=bool(contract and contract["choices"].get("point")),
        is_about_collection=report is Report.READY,
    )


def _reported(order: Order) -> list[str]:
    return list((order.private_metadata or {}).get(REPORTED, []))
