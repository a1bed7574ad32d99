"""Refunds: ask for one under the order's lock, and have it made where the money came from.

Asking is done in the caller's transaction. A worker makes the refund afterwards at the payment
provider, outside of any lock; what it answers is booked by `refund_booking`. To cancel an order is
to release all it holds and to refund all its money.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.ending import end_order, release_order, why_kept
from plugins.ordering.locks import lock_gift_cards, lock_order
from plugins.ordering.models import (
    ACTIVE,
    PaymentSession,
    PieceState,
    Refund,
    RefundPart,
    RefundStatus,
)
from plugins.ordering.order_state import add_note, may_be_cancelled, placement_of
from plugins.ordering.outcomes import (
    CancelOutcome,
    CancelRefused,
    PaymentUnavailable,
    RefundOutcome,
    RefundRefused,
)
from plugins.ordering.payment_provider import PaymentProviderError, RefundState, get_provider
from plugins.ordering.publishing import try_to_publish
from plugins.ordering.refund_booking import record_part, settle_refund
from plugins.ordering.refund_lines import put_back_sent
from plugins.ordering.refund_plans import (
    RefundPlan,
    RefundWish,
    charge_id_of,
    plan_refund,
    sources_of,
)
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.sold_cards import lock_sold_card, take_off_card

_CHANGED = "Somebody asked for a refund of this order meanwhile. Look at what is left, then go on."


def refunds_version(order_id: int) -> str:
    """Return the version of the order's refunds, for forms to send back as expected."""
    return str(Refund.objects.filter(order_id=order_id).count())


@transaction.atomic
def request_refund(
    *,
    order_id: int,
    key: str,
    reason: str,
    amount: Money | None = None,
    lines: Mapping[int, int] | None = None,
    which: Mapping[int, PieceState] | None = None,
    delivery: Money | None = None,
    restock: bool = False,
    user_id: int | None = None,
    raw_id: str = "",
    in_exchange: bool = False,
    expected_version: str | None = None,
) -> RefundOutcome:
    """Ask for a refund and have a worker make it; the same `key` asks once.

    `lines` (order line id → pieces) refunds goods at the price that was paid for them, and `which`
    says where those pieces are: it must be said where some of a line were sent and others not.
    `delivery` is given back of what was paid for it, `amount` for nothing in particular, or for
    the lines in place of their price. Without any of them all that is left goes back, and with it
    every piece that is not refunded yet; what pays for pieces sent in exchange stays.
    `raw_id` names the charge where an order has several: then no pieces go with it. `in_exchange`:
    other pieces are sent for the lines, and `amount` is the difference, which may be nothing.

    Pieces that were not sent are cancelled once the refund is booked: free for others with
    `restock`, else written off. Those that were sent and that nobody noted as returned are noted
    so with `restock`, and sold again. `expected_version` is how many refunds of the order the
    person knew of, None where nobody looked. Raises RefundRefused.
    """
    order, _checkout = lock_order(order_id)
    lock_sold_card(order)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        return outcome_of(known, created=False)
    if expected_version is not None and expected_version != refunds_version(order_id):
        raise RefundRefused(_CHANGED)
    wish = RefundWish(amount, lines or {}, which or {}, delivery, raw_id, in_exchange)
    refund = Refund(order=order, key=key, reason=reason, restock=restock, asked_by_id=user_id)
    refund.in_exchange = in_exchange
    return _save(refund, plan_refund(order, wish))


@transaction.atomic
def refund_everything(
    *, order_id: int, reason: str, restock: bool = False, actor_id: int | None = None
) -> tuple[RefundOutcome, ...]:
    """Ask for all that is left of every payment and gift card; with nothing left, do nothing.

    There is one refund for each currency that came in. Asking again is harmless, whoever asks:
    what was asked for is not left any more. `reason` is for staff and stands in the order's
    history; `actor_id` is the user who asked, None for the shop itself. `restock` puts every
    piece that is not refunded yet back into stock once the refund is booked. `cancel_order`
    calls this: do not call it beside that.
    """
    order, _checkout = lock_order(order_id)
    lock_sold_card(order)
    outcomes = []
    while sources_of(order):
        key = f"everything-{order_id}-{refunds_version(order_id)}"
        refund = Refund(order=order, key=key, reason=reason, restock=restock, asked_by_id=actor_id)
        outcomes.append(_save(refund, plan_refund(order, RefundWish(with_exchanged=True))))
    return tuple(outcomes)


def _save(refund: Refund, plan: RefundPlan) -> RefundOutcome:
    """Write the refund down; one that no provider has to make is booked at once."""
    refund.amount, refund.delivery, refund.free = plan.amount, plan.delivery, plan.free
    lock_gift_cards(pk__in=[s.source.gift_card.pk for s in plan.shares if s.source.gift_card])
    refund.save()
    take_off_card(refund, plan.off_card)
    for row in plan.rows:
        row.refund = refund
    refund.lines.bulk_create(plan.rows)
    refund.parts.bulk_create(_parts(refund, plan))
    if refund.restock:
        put_back_sent(refund)
    if any(share.source.payment for share in plan.shares):
        transaction.on_commit(partial(_publish, refund.pk), robust=True)
    else:
        settle_refund(refund)
    return outcome_of(refund, created=True)


def _parts(refund: Refund, plan: RefundPlan) -> list[RefundPart]:
    return [
        RefundPart(
            refund=refund,
            payment=share.source.payment,
            gift_card=share.source.gift_card,
            key=refund.key if number == 1 else f"{refund.key}-{number}",
            amount_value=share.amount.amount,
            currency=share.amount.currency,
        )
        for number, share in enumerate(plan.shares, 1)
    ]


def _publish(refund_id: int) -> None:
    from plugins.ordering.tasks import perform_refund as task

    try_to_publish(task, refund_id)


logger = logging.getLogger(__name__)
MAX_REFUNDS_PER_RUN = 100
WORKER_GRACE_PERIOD = timedelta(minutes=1)  # the worker's time before the sweeper takes a refund up


def perform_refund(*, refund_id: int) -> RefundOutcome:
    """Make a requested refund at the provider and record it; PaymentProviderError: later.

    Doing it twice, or at the same time, is harmless: the provider knows the key.
    """
    asked = RefundPart.objects.filter(
        refund_id=refund_id, payment__isnull=False, state=RefundStatus.ASKED
    )
    for part in asked.select_related("payment"):
        record_part(part_id=part.pk, state=_at_provider(part))
    return outcome_of(Refund.objects.get(pk=refund_id), created=False)


def perform_waiting_refunds() -> int:
    """Make every refund that is still only asked for; return how many were made."""
    waiting = Refund.objects.filter(
        state=RefundStatus.ASKED, created_at__lte=timezone.now() - WORKER_GRACE_PERIOD
    )
    ids = list(waiting.values_list("pk", flat=True)[:MAX_REFUNDS_PER_RUN])
    return sum(_try_to_perform(refund_id) for refund_id in ids)


def outcome_of(refund: Refund, *, created: bool) -> RefundOutcome:
    """Return the refund as the services answer it."""
    state: Any = refund.state  # one of RefundStatus, whose words RefundOutcome names
    return RefundOutcome(refund.pk, refund.amount, state, created)


def preview_refund(*, order_id: int, wish: RefundWish) -> RefundPlan:
    """Return what `request_refund` would do now, changing nothing. Raises RefundRefused."""
    return plan_refund(Order.objects.get(pk=order_id), wish)


def _try_to_perform(refund_id: int) -> bool:
    try:
        perform_refund(refund_id=refund_id)
    except PaymentProviderError as error:
        logger.warning("refund %s waits: %s", refund_id, error)
        return False
    return True


def _at_provider(part: RefundPart) -> RefundState:
    payment, provider = part.payment, get_provider()
    if payment is None or provider.name != payment.gateway:
        gateway = payment and payment.gateway
        raise PaymentProviderError(f"{gateway} is not the provider any more")
    return provider.refund(charge=charge_id_of(payment), amount=part.amount, key=part.key)


_MAX_ATTEMPTS = 3


def cancel_order(*, order_id: int, actor_id: int | None, reason: str) -> CancelOutcome:
    """Cancel an order that nobody has begun to pack; doing it again changes nothing.

    Stock, gift cards and the voucher's use are given back, all money that came in is asked to
    go back, and Saleor's order is CANCELED, in one transaction. An order that is still unpaid
    is released, its payment page closed first. `actor_id` is the user who cancels, None for a
    guest or the shop itself; `reason` stands in the order's history and is for staff.

    Call it outside of transactions: it may ask the payment provider. Raises CancelRefused
    (packing has begun, something has left, a dispute is open; the text is for who asks),
    PaymentProcessing (a bank debit is on its way) or PaymentUnavailable (the provider cannot say
    whether the customer is paying now).
    `may_be_cancelled` tells beforehand whether to offer it.
    """
    for _ in range(_MAX_ATTEMPTS):
        if _has_open_payment(order_id):
            outcome = release_order(order_id=order_id, reason=reason)
            if outcome.state == "kept":
                raise why_kept(order_id)
            if outcome.state != "paid":
                return CancelOutcome(order_id, outcome.state == "released", ())
        cancelled = _cancel_locked(order_id, actor_id, reason)
        if cancelled is not None:
            return cancelled
    raise PaymentUnavailable


def _has_open_payment(order_id: int) -> bool:
    return PaymentSession.objects.filter(order_id=order_id, state__in=ACTIVE).exists()


def _cancel_locked(order_id: int, actor_id: int | None, reason: str) -> CancelOutcome | None:
    """Cancel under the order's lock; None while somebody may still be paying for it."""
    with transaction.atomic(), one_configuration():
        order, _checkout = lock_order(order_id)
        if order.status == OrderStatus.CANCELED:
            return CancelOutcome(order_id, created=False, refunds=())
        _refuse(order, actor_id)
        if _has_open_payment(order_id):
            return None
        return _cancel_and_refund(order, actor_id, reason)


def _refuse(order: Order, actor_id: int | None) -> None:
    by_staff = User.objects.filter(pk=actor_id, is_staff=True).exists()
    allowed, why = may_be_cancelled(order, for_staff=by_staff)
    if not allowed:
        raise CancelRefused(why)


def _cancel_and_refund(order: Order, actor_id: int | None, reason: str) -> CancelOutcome:
    lock_gift_cards(pk__in=list(placement_of(order)["gift_cards"]))  # before the stock
    end_order(order, User.objects.filter(pk=actor_id).first())
    add_note(order, f"Cancelled: {reason}")
    refunds = refund_everything(order_id=order.pk, reason=reason, actor_id=actor_id)
    return CancelOutcome(order.pk, created=True, refunds=refunds)
