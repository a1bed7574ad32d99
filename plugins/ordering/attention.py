"""Flag an order for staff, by a dispute too, and resolve its flags once somebody has looked."""

from __future__ import annotations

from django.db import transaction
from prices import Money
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.locks import lock_order
from plugins.ordering.models import Dispute, DisputeState
from plugins.ordering.order_state import (
    DISPUTE,
    DISPUTE_LOST,
    attention_reasons,
    flag_locked_order,
    is_paid,
    note_order,
    settle_flags,
    unneeded_payments,
)
from plugins.ordering.outcomes import ResolveRefused
from plugins.ordering.policies import may_resolve
from plugins.ordering.refund_plans import payment_of_charge, refundable_amount
from plugins.ordering.sold_cards import stop_disputed_card
from product_content.decisions import Decision, refused


@transaction.atomic
def flag_order(*, order_id: int, reason: str, message: str) -> None:
    """Flag an order for staff, once per reason; `message` goes into its history."""
    order, _checkout = lock_order(order_id)
    if reason not in attention_reasons(order):
        flag_locked_order(order, reason, message)


@transaction.atomic
def unflag_order(*, order_id: int, reason: str) -> None:
    """Take one reason for attention away; other reasons stay."""
    order, _checkout = lock_order(order_id)
    settle_flags(order, reason=reason)


@transaction.atomic
def resolve_attention(*, order_id: int, expected_version: str, reason: str, actor_id: int) -> None:
    """Remove all flags after a person looked, so that the order can go on.

    `expected_version` is the version of the flags that the person saw; `reason` is kept in the
    history. Raises ResolveRefused.
    """
    order, _checkout = lock_order(order_id)
    decision = may_be_resolved(order)
    if decision.allowed and expected_version != attention_version(order):
        decision = refused("Something else came up meanwhile. Look at the time line again.")
    if not decision.allowed:
        raise ResolveRefused(decision.reason)
    settle_flags(order, actor_id=actor_id)
    note_order(order_id=order_id, message=f"Looked at, and settled: {reason}", actor_id=actor_id)


def attention_version(order: Order) -> str:
    """Return the version of the order's flags, for forms to send back as `expected_version`."""
    return ",".join(str(flag.pk) for flag in order.flags.filter(settled_at=None))


def may_be_resolved(order: Order) -> Decision:
    """Say whether `resolve_attention` would remove the flags now, and if not, why."""
    reasons = attention_reasons(order)
    is_over = order.status == OrderStatus.CANCELED or is_paid(order)
    return may_resolve(
        flagged=bool(reasons),
        disputed=DISPUTE in reasons,
        lost=DISPUTE_LOST in reasons,
        sent=order.status == OrderStatus.FULFILLED,
        unapplied=not is_over and refundable_amount(order).amount > 0,
    )


def is_unneeded_payment(*, order_id: int, raw_id: str) -> bool:
    """Say whether this charge pays for nothing and is to be given back."""
    return raw_id in unneeded_payments(Order.objects.get(pk=order_id))


_WORDS = {DisputeState.OPEN: "was opened", DisputeState.LOST: "was lost"}


@transaction.atomic
def record_dispute(
    *,
    provider: str,
    raw_id: str,
    reference: str,
    amount: Money,
    state: DisputeState,
    reason: str = "",
) -> bool:
    """Book what a provider says about a dispute of the charge `raw_id`; again changes nothing.

    While it is open, and once it is lost, that money is not ours: the order is flagged, nothing
    of it is refunded or counted as taken. `reason` is the bank's, for staff. Older news than what
    is known is left out. Returns False if the charge is not in our books.
    """
    payment = payment_of_charge(provider, raw_id)
    if payment is None:
        return False
    order, _checkout = lock_order(payment.order_id)
    dispute, _created = Dispute.objects.get_or_create(
        reference=reference,
        defaults={
            "payment": payment,
            "amount_value": amount.amount,
            "currency": amount.currency,
        },
    )
    if state == DisputeState.OPEN and dispute.state != DisputeState.OPEN:
        return True
    dispute.state, dispute.amount_value = state, amount.amount
    dispute.save(update_fields=["state", "amount_value", "updated_at"])
    stop_disputed_card(order, state, refundable_amount(order).amount)
    _flag(payment.order_id, amount, state, reason)
    return True


def _flag(order_id: int, amount: Money, state: DisputeState, reason: str) -> None:
    if state in _WORDS:
        message = (
            f"A dispute about {amount.amount} {amount.currency} {_WORDS[state]} ({reason}). "
            "See Stripe."
        )
        lost = state == DisputeState.LOST
        flag_order(order_id=order_id, reason=DISPUTE_LOST if lost else DISPUTE, message=message)
    if state != DisputeState.OPEN:
        unflag_order(order_id=order_id, reason=DISPUTE)
    if state == DisputeState.WON:  # also on appeal, after it was lost
        unflag_order(order_id=order_id, reason=DISPUTE_LOST)
