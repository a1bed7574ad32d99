"""Book what becomes of a refund: its parts, Saleor's payments, gift cards, pieces, credit note.

Money that a provider has to send back comes first: gift cards get theirs once the provider has
agreed, so that a refund which the provider refuses gives nothing back at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from prices import Money
from saleor.order.events import payment_failed_event, payment_refunded_event
from saleor.order.models import Order
from saleor.payment import ChargeStatus, TransactionError, TransactionKind
from saleor.payment.models import Payment, Transaction
from saleor.plugins.manager import get_plugins_manager

from plugins.ordering.ending import close_if_refunded
from plugins.ordering.locks import lock_order
from plugins.ordering.models import BOOKED, CreditNoteCounter, Refund, RefundPart, RefundStatus
from plugins.ordering.order_state import add_note, flag_locked_order
from plugins.ordering.order_taxes import store_credit_taxes
from plugins.ordering.outcomes import UNNEEDED_REFUND_PREFIX
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.promo_codes import credit_gift_cards
from plugins.ordering.refund_lines import cancel_refunded
from plugins.ordering.refund_plans import Source, left_in, payment_of_charge, sources_of
from plugins.ordering.saleor_patches import one_configuration
from plugins.ordering.signals import payment_needs_attention
from plugins.ordering.sold_cards import (
    lock_sold_card,
    money_off_card,
    put_back_on_card,
    take_off_what_is_left,
)

REFUND_FAILED = "refund_failed"
UNUSABLE_GIFT_CARD = "gift_card_unusable"
MADE_AT_PROVIDER = "Made at the payment provider."


def record_part(*, part_id: int, state: RefundState) -> None:
    """Write down what the provider says about one part; saying it again changes nothing.

    A part that fails after it was booked is taken out of the accounts again, and the order is
    flagged: the customer does not have the money.
    """
    with transaction.atomic(), one_configuration():
        order_id = RefundPart.objects.values_list("refund__order_id", flat=True).get(pk=part_id)
        lock_order(order_id)
        part = RefundPart.objects.select_for_update(of=("self",)).get(pk=part_id)
        if part.state in {state.state, RefundStatus.FAILED}:
            return
        if (part.state, state.state) == (RefundStatus.SUCCEEDED, RefundStatus.PENDING):
            return  # older news
        was_booked = part.state in BOOKED
        part.state, part.reference = state.state, state.reference or part.reference
        part.save(update_fields=["state", "reference", "updated_at"])
        _account_for(part, state, was_booked=was_booked)
        settle_refund(Refund.objects.select_related("order").get(pk=part.refund_id))


def settle_refund(refund: Refund) -> None:
    """Bring a refund of a locked order to where its parts are.

    Once no payment waits for its provider any more and not all failed, the refund is booked: gift
    cards get their parts, pieces are cancelled, the credit note has its number.
    """
    parts = list(refund.parts.select_related("payment", "gift_card"))
    payments = [part for part in parts if part.payment_id]
    if any(part.state == RefundStatus.ASKED for part in payments):
        return
    agreed = not payments or any(part.state in BOOKED for part in payments)
    if refund.booked_at is None:
        _end_gift_cards([part for part in parts if part.gift_card_id], agreed=agreed)
    refund.state = _state_of(parts)
    refund.save(update_fields=["state", "updated_at"])
    if refund.state == RefundStatus.FAILED:
        put_back_on_card(refund)
    if agreed and refund.booked_at is None:
        _book(refund, parts)


def record_external_refund(
    *, provider: str, raw_id: str, key: str, amount: Money, state: RefundState
) -> bool:
    """Book what a provider says about a refund of the charge `raw_id`.

    `key` is ours where we asked for it; a refund made by hand at the provider gets a document
    of its own. Returns False if the charge is not in our books.
    """
    part = _find_part(key, provider, state.reference) or _new_external_part(
        provider, raw_id, amount, state
    )
    if part is None:
        return False
    record_part(part_id=part.pk, state=state)
    return True


def _state_of(parts: Iterable[RefundPart]) -> RefundStatus:
    states = {part.state for part in parts}
    if states <= {RefundStatus.SUCCEEDED}:
        return RefundStatus.SUCCEEDED
    if RefundStatus.FAILED in states:
        return RefundStatus.FAILED if len(states) == 1 else RefundStatus.PARTLY
    return RefundStatus.PENDING


def _book(refund: Refund, parts: Iterable[RefundPart]) -> None:
    refund.booked_at = timezone.now()
    add_note(refund.order, f"Refund reason: {refund.reason}")
    cancel_refunded(refund)
    close_if_refunded(refund.order, refund.asked_by)
    if refund.amount_value and not refund.key.startswith(UNNEEDED_REFUND_PREFIX):
        refund.number = _next_number()
        store_credit_taxes(refund)
    refund.save(update_fields=["booked_at", "number", "updated_at"])
    get_plugins_manager().order_updated(refund.order)


def _next_number() -> int:
    """Return the next number of a credit note; a transaction that fails gives it back.

    The lock is held until the end of the transaction, so it is taken as its last.
    """
    counters = CreditNoteCounter.objects.select_for_update()
    counter, _created = counters.get_or_create(pk=1)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _end_gift_cards(parts: Iterable[RefundPart], *, agreed: bool) -> None:
    waiting = [part for part in parts if part.state == RefundStatus.ASKED]
    for part in waiting:
        part.state = RefundStatus.SUCCEEDED if agreed else RefundStatus.FAILED
        part.save(update_fields=["state", "updated_at"])
    if agreed and waiting:
        credit_gift_cards({str(part.gift_card_id): str(part.amount_value) for part in waiting})
        for part in waiting:
            _tell_of_gift_card(part)


def _tell_of_gift_card(part: RefundPart) -> None:
    """Note where the money went, and tell staff if the customer cannot spend it there."""
    order, source = part.refund.order, Source(part.amount, gift_card=part.gift_card)
    note = add_note(order, f"{part.amount_value} {part.currency} went back to {source.name}.")
    if source.warning:
        add_note(order, source.warning)
        payment_needs_attention.send(
            Order, order_id=order.pk, reason=UNUSABLE_GIFT_CARD, dedup_key=f"card-{note.pk}"
        )


def _account_for(part: RefundPart, state: RefundState, *, was_booked: bool) -> None:
    if state.state == RefundStatus.FAILED:
        _account_for_failure(part, state, was_booked=was_booked)
    elif not was_booked:
        _account_for_success(part)


def _account_for_success(part: RefundPart) -> None:
    refund = part.refund
    _add_transaction(part, is_success=True)
    _change_captured_amount(part, -part.amount_value)
    payment_refunded_event(
        order=refund.order, user=refund.asked_by, amount=part.amount_value, payment=part.payment
    )


def _account_for_failure(part: RefundPart, state: RefundState, *, was_booked: bool) -> None:
    order = part.refund.order
    _add_transaction(part, is_success=False)
    if was_booked:
        _change_captured_amount(part, part.amount_value)
    why = state.error or "no reason given"
    message = f"A refund of {part.amount_value} {part.currency} failed: {why}."
    payment_failed_event(order=order, user=None, message=message, payment=part.payment)
    flag_locked_order(order, REFUND_FAILED, f"{message} The customer does not have the money.")


def _add_transaction(part: RefundPart, *, is_success: bool) -> None:
    Transaction.objects.create(
        payment=part.payment,
        token=(part.reference or part.key)[:128],
        kind=TransactionKind.REFUND,
        is_success=is_success,
        amount=part.amount_value,
        currency=part.currency,
        error=None if is_success else TransactionError.DECLINED.value,
        gateway_response={},
    )


def _change_captured_amount(part: RefundPart, change: Decimal) -> None:
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=part.payment_id)
    if payment.charge_status == ChargeStatus.NOT_CHARGED:
        return  # money of a wrong amount was never counted, so it is not taken off
    payment.captured_amount = max(payment.captured_amount + change, Decimal(0))
    payment.charge_status = _charge_status(payment)
    payment.is_active = payment.captured_amount > 0
    payment.save(update_fields=["captured_amount", "charge_status", "is_active", "modified"])


def _charge_status(payment: Payment) -> str:
    if payment.captured_amount <= 0:
        return ChargeStatus.FULLY_REFUNDED
    if payment.captured_amount < payment.total:
        return ChargeStatus.PARTIALLY_REFUNDED
    return ChargeStatus.FULLY_CHARGED


def _find_part(key: str, provider: str, reference: str) -> RefundPart | None:
    by_key = RefundPart.objects.filter(key=key).first() if key else None
    found = RefundPart.objects.filter(payment__gateway=provider, reference=reference)
    return by_key or found.first()


def _new_external_part(
    provider: str, raw_id: str, amount: Money, state: RefundState
) -> RefundPart | None:
    payment = payment_of_charge(provider, raw_id)
    if payment is None:
        return None
    key = f"{provider}-{state.reference}"
    with transaction.atomic():
        lock_order(payment.order_id)
        return RefundPart.objects.filter(key=key).first() or _external(payment, key, amount, state)


def _external(payment: Payment, key: str, amount: Money, state: RefundState) -> RefundPart:
    lock_sold_card(payment.order)
    left = left_in(sources_of(payment.order), amount.currency)
    off_card, _why = money_off_card(payment.order, amount, left)
    refund = Refund.objects.create(
        order_id=payment.order_id,
        key=key,
        amount_value=amount.amount,
        free_value=amount.amount,
        currency=amount.currency,
        reason=MADE_AT_PROVIDER,
    )
    part: RefundPart = refund.parts.create(
        payment=payment,
        key=key,
        amount_value=amount.amount,
        currency=amount.currency,
        reference=state.reference,
    )
    take_off_what_is_left(refund, off_card)
    return part
