"""Which pieces of an order can be refunded, where they are, and what was paid for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine

from plugins.inventory.models import StockReason
from plugins.ordering.discounts import Discount, line_discounts, line_price
from plugins.ordering.models import (
    LinePieces,
    PieceState,
    PieceStep,
    Refund,
    RefundLine,
    RefundStatus,
    StepKind,
)
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.pieces import pieces_of
from plugins.ordering.policies import line_refund_allowed, pieces_are_named
from plugins.ordering.stock_allocation import cancel_unsent, restock_target, take_back
from product_content.money import rounded

# Which are taken where nobody says which: what never left, then what came back.
_ORDER = (PieceState.UNSENT, PieceState.RETURNED, PieceState.SENT)


@dataclass
class LineLeft:
    """What of an order line nobody has asked to refund yet.

    `pieces` by where they are; `left` was paid for all of them together, in the order's currency,
    and `each` for one of them.
    """

    line: OrderLine
    pieces: dict[PieceState, int]
    left: Decimal
    each: Decimal

    @property
    def count(self) -> int:
        """How many pieces are left to refund."""
        return sum(self.pieces.values())

    @property
    def kinds(self) -> list[PieceState]:
        """Where the pieces are that are left."""
        return [which for which in _ORDER if self.pieces[which]]

    @property
    def must_be_named(self) -> bool:
        """Whether it matters which pieces are meant: some were sent, and others were not."""
        return self.kinds[:1] == [PieceState.UNSENT] and len(self.kinds) > 1

    def take(self, wanted: int, which: PieceState | None = None) -> list[RefundLine]:
        """Take pieces out and return them as unsaved rows of a refund, one for each place."""
        rows = []
        for kind in [which] if which else _ORDER:
            pieces = min(wanted, self.pieces[kind])
            if pieces:
                rows.append(self._row(kind, pieces))
                wanted -= pieces
        return rows

    def _row(self, which: PieceState, pieces: int) -> RefundLine:
        # The last piece takes what is left: the refunds of a line add up to what was paid for it.
        is_last = pieces == self.count
        price = self.left if is_last else min(self.each * pieces, self.left)
        self.pieces[which] -= pieces
        self.left -= price
        return RefundLine(
            line=self.line, pieces=pieces, which=which, price_value=price, amount_value=price
        )


def lines_left(order: Order) -> dict[int, LineLeft]:
    """Return what is left to refund of each line of the order, by line id."""
    discounts, where = line_discounts(order), pieces_of(order)
    known: dict[int, list[RefundLine]] = {}
    for row in _refund_rows(order):
        known.setdefault(row.line_id, []).append(row)
    return {
        line.pk: _left(line, discounts.get(line.pk, Discount()), known.get(line.pk, []), where)
        for line in order.lines.order_by("pk")
    }


def take_pieces(
    left: Mapping[int, LineLeft],
    wanted: Mapping[int, int],
    which: Mapping[int, PieceState] | None = None,
) -> list[RefundLine]:
    """Take `wanted` pieces (order line id → pieces) and return the rows of their refund.

    `which` says where the pieces are that are meant. Raises RefundRefused for a line of another
    order, for more pieces than are left, and where it must be said which are meant.
    """
    named = which or {}
    rows: list[RefundLine] = []
    for line_id, pieces in wanted.items():
        _refuse(left.get(line_id), pieces, named.get(line_id))
        rows += left[line_id].take(pieces, named.get(line_id))
    return rows


def take_everything(left: Mapping[int, LineLeft]) -> list[RefundLine]:
    """Take all pieces that are left and return the rows of their refund."""
    return [row for line in left.values() for row in line.take(line.count)]


def refunded_pieces(order: Order, which: PieceState | None = None) -> Counter[int]:
    """Return how many pieces of each line were refunded, or are about to be.

    `which` counts only those that were there when the refund was asked for.
    """
    pieces: Counter[int] = Counter()
    rows = _refund_rows(order).filter(which=which) if which else _refund_rows(order)
    for line_id, count in rows.values_list("line_id", "pieces"):
        pieces[line_id] += count
    return pieces


def _refund_rows(order: Order) -> QuerySet[RefundLine]:
    rows = RefundLine.objects.filter(refund__order=order)
    return rows.exclude(refund__state=RefundStatus.FAILED)


def _left(
    line: OrderLine, discount: Discount, rows: list[RefundLine], where: Mapping[int, LinePieces]
) -> LineLeft:
    paid = max(line_price(line) - discount.amount, Decimal("0.00"))
    gone = sum((row.price_value for row in rows), Decimal("0.00"))
    shared = rounded(paid / line.quantity, line.currency)
    each = line.unit_price_gross_amount if discount.on_one_piece else shared
    left = max(paid - gone, Decimal("0.00"))
    return LineLeft(line, _places(line, rows, where[line.pk].returned), left, each)


def _places(line: OrderLine, rows: list[RefundLine], back: int) -> dict[PieceState, int]:
    """Return where the pieces are that nobody has asked to refund yet."""
    gone = Counter[str]()
    for row in rows:
        gone[row.which] += row.pieces
    count = max(line.quantity - gone.total(), 0)
    unsent = min(max(line.quantity - line.quantity_fulfilled - gone[PieceState.UNSENT], 0), count)
    returned = min(max(back - gone[PieceState.RETURNED], 0), count - unsent)
    return {
        PieceState.UNSENT: unsent,
        PieceState.RETURNED: returned,
        PieceState.SENT: count - unsent - returned,
    }


def _refuse(left: LineLeft | None, wanted: int, which: PieceState | None) -> None:
    if left is None:
        raise RefundRefused("This line is not part of the order.")
    ordered, name = left.line.quantity, left.line.product_name
    allowed, why = line_refund_allowed(
        wanted=wanted, ordered=ordered, refunded=ordered - left.count
    )
    if allowed:
        allowed, why = pieces_are_named(
            wanted=wanted,
            which=which.label if which else "",
            there=left.pieces[which] if which else left.count,
            mixed=left.must_be_named and wanted < left.count,
        )
    if not allowed:
        raise RefundRefused(f"{name}: {why}.")


def put_back_sent(refund: Refund) -> None:
    """Note as returned, and put into stock, the pieces of a refund that were sent.

    For a refund of a locked order whose staff have those pieces before them, and say that they
    can be sold again. The rows of the refund say afterwards that they came back.
    """
    rows = refund.lines.filter(which=PieceState.SENT).select_related("line__variant")
    known = [row for row in rows if restock_target(row.line) is not None]
    if not known:
        return
    take_back(
        refund.order,
        {row.line_id: row.pieces for row in known},
        sealed=True,
        restock=True,
        actor_id=refund.asked_by_id,
        reference=reference_of(refund),
        reason=StockReason.REFUNDED,
    )
    for row in known:
        _note_as_returned(refund, row)


def cancel_refunded(refund: Refund) -> None:
    """Cancel the refunded pieces that were not sent: free for others, or written off.

    For a locked order; doing it again changes nothing. An order that is cancelled as a whole has
    given its pieces free already.
    """
    order = refund.order
    if order.status == OrderStatus.CANCELED:
        return
    wanted = Counter(dict(_unsent_rows(refund))) - _cancelled_by(refund)
    held = Counter({line_id: row.reserved for line_id, row in pieces_of(order).items()})
    if unsent := wanted & held:
        cancel_unsent(
            order,
            unsent,
            restock=refund.restock,
            actor_id=refund.asked_by_id,
            reference=reference_of(refund),
        )


def reference_of(refund: Refund) -> str:
    """Return what the steps of the refund's pieces are known by."""
    return f"refund {refund.pk}"


def _unsent_rows(refund: Refund) -> list[tuple[int, int]]:
    rows = refund.lines.filter(which=PieceState.UNSENT)
    return list(rows.order_by("line_id").values_list("line_id", "pieces"))


def _cancelled_by(refund: Refund) -> Counter[int]:
    steps = PieceStep.objects.filter(
        line__order=refund.order, kind=StepKind.CANCELLED, reference=reference_of(refund)
    )
    sums = steps.order_by().values("line").annotate(sum=Sum("pieces"))
    return Counter(dict(sums.values_list("line", "sum")))


def _note_as_returned(refund: Refund, row: RefundLine) -> None:
    """Say of a refund's row that its pieces came back; there is one row for each place."""
    there = refund.lines.filter(line=row.line, which=PieceState.RETURNED).first()
    if there is None:
        row.which = PieceState.RETURNED
        row.save(update_fields=["which"])
        return
    there.pieces += row.pieces
    there.price_value += row.price_value
    there.amount_value += row.amount_value
    there.save(update_fields=["pieces", "price_value", "amount_value"])
    row.delete()
