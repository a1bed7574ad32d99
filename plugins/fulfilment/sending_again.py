"""Send pieces of an order once more, without charge: they were lost, damaged or left out.

In the books the first order stays as it is: what was sent was sent, and was paid for. The second
one costs nothing and takes its pieces out of the stock, once. Notes for a next order are here too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_noop
from prices import Money
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.fulfilment.models import NextOrderNote, SentAgain, SentAgainReason
from plugins.fulfilment.policies import ExchangeRefused, may_send_again
from plugins.fulfilment.replacements import new_line, reserve
from plugins.fulfilment.signals import sent_again
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.locks import lock_order
from plugins.ordering.models import PieceState, RefundLine, RefundStatus
from plugins.ordering.order_state import PLACED_BY_KEY, is_paid, note_order
from plugins.ordering.pieces import pieces_of
from plugins.ordering.saleor_patches import one_configuration
from product_content.parsing import normal_email

_NOTHING: Final = Decimal("0.00")
_WITHOUT_CHARGE = gettext_noop("Sent again without charge")


def pieces_to_send_again(order: Order) -> dict[int, int]:
    """Return how many pieces of each line may be sent once more, without those that have none.

    They were sent and are not back, and were neither sent again nor refunded.
    """
    gone = Counter(_replaced(order)) + Counter(_refunded(order))
    left = {line: pieces.out - gone[line] for line, pieces in pieces_of(order).items()}
    return {line: pieces for line, pieces in left.items() if pieces > 0}


def orders_that_send_again(order: Order) -> list[int]:
    """Return the numbers of the orders that send something of this one once more."""
    rows = SentAgain.objects.filter(line__order=order).exclude(_CANCELLED)
    return sorted(set(rows.values_list("replacement_id", flat=True)))


def sent_again_for(order: Order) -> int | None:
    """Return the number of the order of which this one sends something once more, or None."""
    rows = SentAgain.objects.filter(replacement=order)
    return rows.values_list("line__order_id", flat=True).first()


@transaction.atomic
def send_again(
    *, order_id: int, pieces: Mapping[int, int], reason: SentAgainReason, note: str, actor_id: int
) -> Order:
    """Reserve and order once more, without charge, so many pieces of each line (by its id).

    `note` is for staff and goes into both histories. Its customer is told. Returns the order, which
    can be packed. Raises ExchangeRefused: nothing chosen, more than is with the customer, or not
    to be had.
    """
    order, _checkout = lock_order(order_id)
    decision = may_send_again(wanted=pieces, left=pieces_to_send_again(order), paid=is_paid(order))
    if not decision.allowed:
        raise ExchangeRefused(decision.reason)
    lines = list(order.lines.select_related("variant__product").filter(pk__in=pieces))
    if any(line.variant is None for line in lines):
        raise ExchangeRefused("One of them is not sold any more. Refund it instead.")
    new = [_once_more(line, pieces[line.pk]) for line in lines]
    with one_configuration(), stock_reason(reason=StockReason.ORDER_PLACED, actor_id=actor_id):
        replacement = reserve(
            order, new, [_NOTHING] * len(new), actor_id=actor_id, because=_WITHOUT_CHARGE,
            private={PLACED_BY_KEY: actor_id},
        )  # fmt: skip
    SentAgain.objects.bulk_create(
        SentAgain(line=line, replacement=replacement, pieces=pieces[line.pk], reason=reason)
        for line in lines
    )
    _note(order, replacement, reason, note, actor_id)
    sent_again.send(SentAgain, order_id=replacement.pk)
    return replacement


def notes_for(order: Order) -> QuerySet[NextOrderNote]:
    """Return what staff are to know of this order, from before its customer placed it."""
    earlier = written_notes(order).filter(written_at__lt=order.created)
    return earlier.select_related("written_by")


def notes_for_number(order_id: int) -> list[str]:
    """Return the same as texts, by the order's number."""
    return [note.text for note in notes_for(Order.objects.get(pk=order_id))]


def written_notes(order: Order) -> QuerySet[NextOrderNote]:
    """Return all open notes about the order's customer."""
    email = _email_of(order)
    return NextOrderNote.objects.filter(email=email) if email else NextOrderNote.objects.none()


def write_note(*, order: Order, text: str, actor_id: int) -> None:
    """Keep a note for the next order of this order's customer; raises ExchangeRefused if gone."""
    email = _email_of(order)
    if not email:
        raise ExchangeRefused("This order has no customer any more.")
    NextOrderNote.objects.create(email=email, text=text, written_by_id=actor_id)


def _email_of(order: Order) -> str:
    return normal_email(order.get_customer_email() or "")


def _replaced(order: Order) -> dict[int, int]:
    return _pieces_by_line(SentAgain.objects.filter(line__order=order).exclude(_CANCELLED))


def _refunded(order: Order) -> dict[int, int]:
    """Return the pieces that were refunded though they are with the customer."""
    rows = RefundLine.objects.filter(refund__order=order, which=PieceState.SENT)
    return _pieces_by_line(rows.exclude(refund__state=RefundStatus.FAILED))


def _pieces_by_line(rows: QuerySet[Any]) -> dict[int, int]:
    sums = rows.order_by().values("line_id").annotate(sum=Sum("pieces"))
    return dict(sums.values_list("line_id", "sum"))


_CANCELLED = Q(replacement__status=OrderStatus.CANCELED)


def _once_more(line: OrderLine, pieces: int) -> OrderLine:
    return new_line(line.variant, pieces, Money(line.unit_price_gross_amount, line.currency))


def _note(
    order: Order, replacement: Order, reason: SentAgainReason, note: str, actor_id: int
) -> None:
    why = f"{SentAgainReason(reason).label}.{f' {note}' if note else ''}"
    for order_id, message in (
        (order.pk, f"Order {replacement.pk} sends some of it again without charge: {why}"),
        (replacement.pk, f"It sends again what did not arrive well of order {order.pk}: {why}"),
    ):
        note_order(order_id=order_id, message=message, actor_id=actor_id)
