"""Ask for money to go back: under the order's lock, once. A worker makes it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.db import transaction
from prices import Money
from saleor.payment.models import Payment

from plugins.ordering.errors import RefundRefused
from plugins.ordering.models import Refund
from plugins.ordering.policies import refund_allowed
from plugins.ordering.publishing import publish_or_wait
from plugins.ordering.results import RefundOutcome
from plugins.ordering.services.locks import lock_order
from plugins.ordering.services.refund_books import charge_of, left_of
from plugins.ordering.services.refund_lines import price_of_lines, unrefunded_pieces
from plugins.ordering.services.refund_making import outcome_of

_CHANGED = "Somebody asked for a refund of this order meanwhile. Look at what is left, then go on."


def refunds_stamp(order_id: int) -> str:
    """Return a mark of the refunds that were asked for, by which a form tells what it showed."""
    return str(Refund.objects.filter(order_id=order_id).count())


@transaction.atomic
def ask_refund(
    *,
    order_id: int,
    key: str,
    reason: str,
    amount: Money | None = None,
    lines: Mapping[int, int] | None = None,
    restock: bool = False,
    user_id: int | None = None,
    raw_id: str = "",
    seen: str | None = None,
) -> RefundOutcome:
    """Ask for a refund and have a worker make it; the same `key` asks once.

    `lines` (order line id → pieces) refunds goods at the price that was paid for them;
    `amount` any sum; neither, all that is left, and with it every piece that is not refunded
    yet. `raw_id` names the charge where an order has several: then no pieces go with it.
    `restock` puts the pieces back into stock once the provider has agreed. `seen` is how many
    refunds of the order the person knew of, None where nobody looked. Raises RefundRefused.
    """
    order, _checkout = lock_order(order_id)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return outcome_of(known, created=False)
    if seen is not None and seen != refunds_stamp(order_id):
        raise RefundRefused(_CHANGED)
    payment, pieces = _payment(order_id, raw_id), dict(lines or {})
    if amount is None and pieces:
        amount = price_of_lines(order, pieces)
    elif amount is None:
        amount, pieces = left_of(payment), {} if raw_id else unrefunded_pieces(order)
    refund = _new(payment, amount, pieces)
    refund.key, refund.reason, refund.restock = key, reason, restock
    return _saved(refund, user_id)


@transaction.atomic
def refund_everything(
    *, order_id: int, reason: str, restock: bool = False, actor_id: int | None = None
) -> tuple[RefundOutcome, ...]:
    """Ask for all that is left of every payment of an order; with nothing left, do nothing.

    Asking again is harmless, whoever asks: what was asked for is not left any more. `reason` is
    for staff and stands in the order's history; `actor_id` is the user who asked, None for the
    shop itself. `restock` puts every piece that is not refunded yet back into stock once the
    provider has agreed. The refunds are made after the caller's commit. `cancel_order` calls
    this: do not call it beside that.
    """
    order, _checkout = lock_order(order_id)
    pieces, outcomes = unrefunded_pieces(order), []
    for payment in _fullest_first(order_id):
        refund = _new(payment, left_of(payment), pieces)
        refund.key = f"everything-{payment.pk}-{payment.refunds.count()}"
        refund.reason, refund.restock = reason, restock
        outcomes.append(_saved(refund, actor_id))
        pieces = {}  # they go with the first
    return tuple(outcomes)


def _fullest_first(order_id: int) -> list[Payment]:
    payments = Payment.objects.filter(order_id=order_id).order_by("pk")
    left = {payment: left_of(payment).amount for payment in payments}
    return sorted((p for p in left if left[p] > 0), key=lambda p: left[p], reverse=True)


def _payment(order_id: int, raw_id: str) -> Payment:
    payments = list(Payment.objects.filter(order_id=order_id).order_by("pk"))
    fitting = [p for p in payments if not raw_id or charge_of(p) == raw_id]
    if not fitting:
        raise RefundRefused("There is no payment to refund.")
    return max(fitting, key=lambda payment: left_of(payment).amount)


def _new(payment: Payment, amount: Money, pieces: Mapping[int, int]) -> Refund:
    allowed, why = refund_allowed(amount=amount, left=left_of(payment))
    if not allowed:
        raise RefundRefused(f"This cannot be refunded: {why}.")
    return Refund(
        order_id=payment.order_id,
        payment=payment,
        amount_value=amount.amount,
        currency=amount.currency,
        lines={str(line): quantity for line, quantity in pieces.items()},
    )


def _saved(refund: Refund, user_id: int | None) -> RefundOutcome:
    refund.asked_by_id = user_id
    refund.save()
    transaction.on_commit(partial(_publish, refund.pk), robust=True)
    return outcome_of(refund, created=True)


def _publish(refund_id: int) -> None:
    from plugins.ordering.tasks import perform_refund as task

    publish_or_wait(task, refund_id)
