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
        wrong=tuple(wrong),
    )


def _asked_by_staff():
    from plugins.ordering.models import Refund
    from plugins.ordering.outcomes import UNNEEDED_REFUND_PREFIX

    return Refund.objects.exclude(key__startswith=UNNEEDED_REFUND_PREFIX)


def _given_back(paid):
    """Return what went back of each live order by somebody's wish."""
    refunds = _asked_by_staff().filter(order__in=paid, state="succeeded")
    back = Counter()
    for order_id, amount in refunds.values_list("order_id", "amount_value"):
        back[order_id] += amount
    return back


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
