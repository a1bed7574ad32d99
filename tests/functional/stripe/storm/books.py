"""What must hold at the end, read from the shop's database and from Stripe's ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Books:
    """The figures that must agree."""

    captured: Decimal
    refunded: Decimal
    live_paid: Decimal
    given_back: Decimal
    refunds: int
    orders: int
    paid: int
    released: int
    returns: int
    on_cards: Decimal
    wrong: tuple[str, ...]


def read_books(ledger: dict) -> Books:
    """Compare shop and ledger; `wrong` names every difference."""
    from saleor.order.models import Order

    from plugins.ordering.order_state import is_paid

    orders = list(Order.objects.order_by("pk"))
    live = [order for order in orders if order.status != "canceled"]
    paid = [order for order in live if is_paid(order)]
    captured, refunded = (Decimal(ledger[key]) / 100 for key in ("captured", "refunded"))
    total = sum((order.total_gross_amount for order in paid), Decimal(0))
    back = _given_back(paid)
    whole = [order for order in paid if back[order.pk] < order.total_gross_amount]
    wrong = [
        *_money(captured, refunded, total - back.total()),
        *_paid_twice(ledger, whole),
        *_refunds(),
        *_baskets(orders),
        *_unpaid(live, paid),
        *_stock(),
        *_cards(live),
        *_returns(),
        *_emails(paid),
    ]
    return Books(
        captured=captured,
        refunded=refunded,
        live_paid=total,
        given_back=back.total(),
        refunds=_asked_by_staff().count(),
        orders=len(orders),
        paid=len(paid),
        released=len(orders) - len(live),
        returns=_count_returns(),
        on_cards=_spent_by_card(paid),
        wrong=tuple(wrong),
    )


def _count_returns():
    from plugins.fulfilment.models import Return

    return Return.objects.count()


def _spent_by_card(paid):
    from plugins.ordering.order_state import placement_of

    spent = (placement_of(order)["gift_cards"].values() for order in paid)
    return sum((Decimal(amount) for amounts in spent for amount in amounts), Decimal(0))


def _asked_by_staff():
    from plugins.ordering.models import Refund
    from plugins.ordering.outcomes import UNNEEDED_REFUND_PREFIX

    return Refund.objects.exclude(key__startswith=UNNEEDED_REFUND_PREFIX)


def _given_back(paid):
    """Return what went back of each live order at Stripe by somebody's wish."""
    from plugins.ordering.models import RefundPart

    parts = RefundPart.objects.filter(
        refund__in=_asked_by_staff(), refund__order__in=paid, state="succeeded"
    )
    back = Counter()
    for order_id, amount in parts.filter(payment__isnull=False).values_list(
        "refund__order", "amount_value"
    ):
        back[order_id] += amount
    return back


def _cards(live):
    """Each gift card has what it began with, less what live orders took, and what came back."""
    from saleor.giftcard.models import GiftCard

    from plugins.ordering.models import RefundPart
    from plugins.ordering.order_state import placement_of

    left = {card.pk: card.initial_balance_amount for card in GiftCard.objects.all()}
    for order in live:
        for card_id, amount in placement_of(order)["gift_cards"].items():
            left[int(card_id)] -= Decimal(amount)
    parts = RefundPart.objects.filter(gift_card__isnull=False, state="succeeded")
    for card_id, amount in parts.filter(refund__order__in=live).values_list(
        "gift_card", "amount_value"
    ):
        left[card_id] += amount
    for card in GiftCard.objects.order_by("pk"):
        if card.current_balance_amount != left[card.pk]:
            yield f"gift card {card.pk} has {card.current_balance_amount}, not {left[card.pk]}"


def _returns():
    """What came back was looked at, refunded once, and its return is closed."""
    from plugins.fulfilment.models import Return
    from plugins.ordering.models import LinePieces
    from plugins.ordering.refund_lines import refunded_pieces

    for about in Return.objects.exclude(state="closed"):
        yield f"return {about.pk} of order {about.order_id} is {about.state}"
    for row in LinePieces.objects.select_related("line__order"):
        refunded = refunded_pieces(row.line.order, "returned")[row.line_id]
        if row.line.order.status != "canceled" and refunded != row.returned:
            yield f"order {row.line.order_id}: {row.returned} came back, {refunded} refunded"


def _refunds():
    from plugins.ordering.models import Refund

    for refund in Refund.objects.exclude(state="succeeded"):
        yield f"refund {refund.pk} of order {refund.order_id} is {refund.state}"


def _money(captured, refunded, total):
    if captured - refunded != total:
        yield f"captured {captured} - refunded {refunded} is not {total} of live paid orders"


def _paid_twice(ledger, paid):
    kept = Counter(
        row["reference"] for row in ledger["payments"] if row["captured"] > row["refunded"]
    )
    for number, times in kept.items():
        if times > 1:
            yield f"order {number} was paid {times} times"
    known = {str(order.pk) for order in paid}
    if set(kept) - known:
        yield f"paid at Stripe, but not here: {sorted(set(kept) - known)}"
    if known - set(kept):
        yield f"paid here, but not at Stripe: {sorted(known - set(kept))}"


def _baskets(orders):
    tokens = Counter(o.checkout_token for o in orders if o.status != "canceled")
    yield from (f"basket {token} has {n} live orders" for token, n in tokens.items() if n > 1)


def _unpaid(live, paid):
    left = {order.pk for order in live} - {order.pk for order in paid}
    if left:
        yield f"live but unpaid: {sorted(left)}"


def _stock():
    from django.db.models import F
    from saleor.warehouse.models import Allocation, Stock

    held = Allocation.objects.filter(quantity_allocated__gt=0)
    for row in held.filter(order_line__order__status="canceled"):
        yield f"a released order holds stock: {row.order_line.order_id}"
    for row in held.exclude(quantity_allocated=F("order_line__quantity")):
        yield f"order {row.order_line.order_id} holds {row.quantity_allocated} pieces"
    if Stock.objects.filter(quantity__lt=0).exists():
        yield "negative stock"
    yield from _ledger()


def _ledger():
    from plugins.inventory.ledger import check_ledger

    report = check_ledger()
    yield from report.differences
    if report.unexplained:
        yield f"{report.unexplained} changes of stock have no reason"


def _emails(paid):
    from plugins.order_emails.models import OutgoingEmail

    confirmations = OutgoingEmail.objects.filter(kind="order_confirmed")
    sent = Counter(confirmations.filter(state="sent").values_list("order_id", flat=True))
    for order in paid:
        if sent[order.pk] != 1:
            states = list(confirmations.filter(order=order).values_list("state", "attempts"))
            yield f"order {order.pk} has {sent[order.pk]} confirmations sent, of {states}"
