"""Disputes: staff must know, and nothing of the order may leave meanwhile."""

from __future__ import annotations

from saleor.payment.models import Transaction

from plugins.ordering.services import flag_order, unflag_order
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.constants import PROVIDER
from plugins.stripe_payments.policies import from_smallest_unit
from plugins.stripe_payments.results import DisputeData

OPEN, LOST = "dispute", "dispute_lost"


def sync_dispute(reference: str) -> None:
    """Ask Stripe about a dispute and mark its order; doing it again changes nothing."""
    dispute = get_stripe().get_dispute(reference)
    order_id = _order_of(dispute)
    if order_id is None:
        return
    if dispute.status in {"won", "warning_closed", "prevented"}:
        unflag_order(order_id=order_id, reason=OPEN)
    elif dispute.status == "lost":
        flag_order(order_id=order_id, reason=LOST, message=_message(dispute, "was lost"))
        unflag_order(order_id=order_id, reason=OPEN)
    else:
        flag_order(order_id=order_id, reason=OPEN, message=_message(dispute, "was opened"))


def _order_of(dispute: DisputeData) -> int | None:
    charges = Transaction.objects.filter(
        payment__gateway=PROVIDER, token=dispute.intent[:128], is_success=True
    )
    return charges.values_list("payment__order_id", flat=True).first()


def _message(dispute: DisputeData, what: str) -> str:
    amount = from_smallest_unit(dispute.amount, dispute.currency)
    reason = dispute.reason.replace("_", " ")
    return f"A dispute about {amount.amount} {amount.currency} {what} ({reason}). See Stripe."
