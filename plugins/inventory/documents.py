"""Stock documents: goods received, moved, set aside, written off or counted; and kits.

Lines are scanned or typed, shown before they are posted, and posted all at once and only once. A
kit says which singles a set is packed from; sets are packed and broken up by it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Upper
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock, Warehouse

from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import StockDocument, StockReason
from plugins.inventory.policies import StockRefused, may_add, may_set_stock, may_take
from plugins.inventory.quantities import QUARANTINE, lock_stocks, write_quantities
from product_content.decisions import ALLOWED, Decision
from product_content.models import SafetyCard, SetSize, SingleSize
from product_content.parsing import sku_key

_SCANNED_LINE = re.compile(r"^(?P<sku>\S+)(?:[\s;,]+(?P<pieces>\d{1,6}))?$")


@dataclass(frozen=True)
class Scans:
    """Pieces by SKU (upper-case, in the order they came), and the lines that say nothing."""

    pieces: dict[str, int]
    problems: tuple[str, ...]


def read_scans(text: str) -> Scans:
    """Read lines such as "SW-ONE-3" (one piece) or "SW-ONE-3 12"; the same SKU adds up."""
    pieces: Counter[str] = Counter()
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _SCANNED_LINE.match(line.strip())
        if match is None:
            problems.append(f"Line {number}: write a SKU, then how many, such as “ABC-1 12”.")
        else:
            pieces[sku_key(match["sku"])] += int(match["pieces"] or 1)
    return Scans(dict(pieces), tuple(problems))


@dataclass(frozen=True)
class DocumentLine:
    """One SKU of a document: `pieces` were scanned, `on_hand` are recorded."""

    variant_id: int
    sku: str
    name: str
    pieces: int
    on_hand: int

    @property
    def difference(self) -> int:
        """Pieces more than are recorded, below zero where some are missing."""
        return self.pieces - self.on_hand


def read_document(text: str, *, warehouse_id: UUID) -> list[DocumentLine]:
    """Return a row per SKU in the order of scanning; raises StockRefused naming every bad line."""
    scans = read_scans(text)
    variants = _by_sku(scans.pieces)
    unknown = [f"{sku}: there is no such SKU." for sku in scans.pieces if sku not in variants]
    if problems := [*scans.problems, *unknown]:
        raise StockRefused(*problems)
    if not scans.pieces:
        raise StockRefused("Nothing was scanned yet.")
    return document_lines(
        {variants[sku].pk: pieces for sku, pieces in scans.pieces.items()},
        warehouse_id=warehouse_id,
    )


def document_lines(pieces: Mapping[int, int], *, warehouse_id: UUID) -> list[DocumentLine]:
    """Return a row for each variant, in the order given."""
    variants = ProductVariant.objects.select_related("product").in_bulk(list(pieces))
    stocks = Stock.objects.filter(warehouse_id=warehouse_id, product_variant_id__in=pieces)
    on_hand = dict(stocks.values_list("product_variant_id", "quantity"))
    return [
        DocumentLine(pk, variants[pk].sku, staff_name_of(variants[pk]), number, on_hand.get(pk, 0))
        for pk, number in pieces.items()
    ]


def _by_sku(skus: Iterable[str]) -> dict[str, ProductVariant]:
    rows = ProductVariant.objects.annotate(code=Upper("sku")).filter(code__in=list(skus))
    return {row.code: row for row in rows}


def staff_name_of(variant: ProductVariant) -> str:
    """Return what staff call a variant: its product, and which of it."""
    name = str(variant.product.name)
    return f"{name} · {variant.name}" if variant.name else name


MAX_PIECES = 10_000  # of one SKU in one document; a barcode typed as a number is far longer
StockKey = tuple[UUID, int]  # warehouse and variant


@contextmanager
def post_document(*, key: UUID, reason: StockReason, actor_id: int, note: str) -> Iterator[None]:
    """Open the transaction of a document. Raises StockRefused if it was posted before."""
    with transaction.atomic(), stock_reason(reason=reason, actor_id=actor_id, note=note):
        values = {"reason": reason, "actor_id": actor_id, "note": note}
        _row, is_new = StockDocument.objects.get_or_create(key=key, defaults=values)
        if not is_new:
            raise StockRefused("This document was posted already. It counts once.")
        yield


def apply_changes(changes: Mapping[StockKey, int]) -> None:
    """Add each number of pieces (below zero: take away) to its stock; all of them, or none.

    Raises StockRefused with a sentence for every stock that cannot change by that many.
    """
    stocks = lock_or_open_stocks(changes)
    problems = [
        f"{stock.product_variant.sku}: {reason}"
        for key, stock in stocks.items()
        for allowed, reason in [_may_change(stock, changes[key])]
        if not allowed
    ]
    if problems:
        raise StockRefused(*problems)
    write_quantities({stock.pk: stock.quantity + changes[key] for key, stock in stocks.items()})


def lock_or_open_stocks(keys: Mapping[StockKey, object]) -> dict[StockKey, Stock]:
    """Lock each stock, by pk; one that the warehouse does not keep yet begins empty."""
    for warehouse_id, variant_id in sorted(keys):
        Stock.objects.get_or_create(warehouse_id=warehouse_id, product_variant_id=variant_id)
    stocks = lock_stocks(
        warehouse_id__in={warehouse for warehouse, _ in keys},
        product_variant_id__in={variant for _, variant in keys},
    )
    found = {(stock.warehouse_id, stock.product_variant_id): stock for stock in stocks}
    return {key: stock for key, stock in found.items() if key in keys}


def _may_change(stock: Stock, pieces: int) -> Decision:
    if pieces > 0:
        return may_add(pieces=pieces, maximum=MAX_PIECES)
    return may_take(pieces=-pieces, quantity=stock.quantity, allocated=stock.allocated)


Pieces = Mapping[int, int]  # by variant


def receive_goods(
    *, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str
) -> None:
    """Add the pieces of a delivery. `note` names the delivery. Raises StockRefused."""
    with post_document(key=key, reason=StockReason.RECEIVED, actor_id=actor_id, note=note):
        apply_changes({(warehouse_id, variant): number for variant, number in pieces.items()})


def write_off(*, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str) -> None:
    """Take damaged or lost pieces off the stock. Raises StockRefused."""
    with post_document(key=key, reason=StockReason.DAMAGED, actor_id=actor_id, note=note):
        apply_changes({(warehouse_id, variant): -number for variant, number in pieces.items()})


def move_goods(
    *, key: UUID, from_id: UUID, to_id: UUID, pieces: Pieces, actor_id: int, note: str
) -> None:
    """Move free pieces from one warehouse to another. Raises StockRefused."""
    with post_document(key=key, reason=StockReason.MOVED, actor_id=actor_id, note=note):
        _move(from_id, to_id, pieces)


def set_aside(*, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str) -> None:
    """Move free pieces to where nothing is sold from, until somebody has looked at them.

    From there they are moved back, or written off. Raises StockRefused.
    """
    with post_document(key=key, reason=StockReason.QUARANTINED, actor_id=actor_id, note=note):
        _move(warehouse_id, _quarantine(warehouse_id).pk, pieces)


def _move(from_id: UUID, to_id: UUID, pieces: Pieces) -> None:
    if from_id == to_id:
        raise StockRefused("They are there already: choose two different warehouses.")
    taken = {(from_id, variant): -number for variant, number in pieces.items()}
    put = {(to_id, variant): number for variant, number in pieces.items()}
    apply_changes(taken | put)


def _quarantine(beside_id: UUID) -> Warehouse:
    """Return the warehouse that serves no delivery zone, so that nothing in it can be sold."""
    found = Warehouse.objects.filter(slug=QUARANTINE).first()
    if found is not None:
        return found
    address = Warehouse.objects.get(pk=beside_id).address.get_copy()
    return Warehouse.objects.create(slug=QUARANTINE, name="Set aside", address=address)


@dataclass(frozen=True)
class CountedPieces:
    """`pieces` were counted; `expected` was recorded when the difference was shown."""

    expected: int
    pieces: int


def post_count(
    *, key: UUID, warehouse_id: UUID, counted: Mapping[int, CountedPieces], actor_id: int, note: str
) -> None:
    """Set each variant that was counted in a warehouse to what is there; all, or none.

    Raises StockRefused with a sentence for each that changed meanwhile. Where orders hold more
    than was found, the count stands and the orders that lack pieces are flagged.
    """
    with post_document(key=key, reason=StockReason.COUNTED, actor_id=actor_id, note=note):
        stocks = lock_or_open_stocks({(warehouse_id, variant): None for variant in counted})
        found = [(stock, counted[stock.product_variant_id]) for stock in stocks.values()]
        problems = [problem for stock, count in found if (problem := _problem(stock, count))]
        if problems:
            raise StockRefused(*problems)
        write_quantities({stock.pk: count.pieces for stock, count in found})


def _problem(stock: Stock, count: CountedPieces) -> str:
    allowed, reason = _may_set(stock, count)
    return "" if allowed else f"{stock.product_variant.sku}: {reason}"


def _may_set(stock: Stock, count: CountedPieces) -> Decision:
    if count.expected == stock.quantity == count.pieces:
        return ALLOWED
    return may_set_stock(expected=count.expected, current=stock.quantity, wanted=count.pieces)


@dataclass(frozen=True)
class KitPart:
    """One single of a set, named by its SKU and the number of its size."""

    variant_id: int
    sku: str
    size: int


def parts_of(variant_id: int) -> list[KitPart]:
    """Return one single for each size of the set, of the same make, smallest first.

    A magnetic set must not be packed from plain singles, nor a soft one from rigid ones: what
    the safety cards say of material, firmness, latex and magnets has to be the same. Raises
    StockRefused where no single, or more than one, fits.
    """
    product_id = ProductVariant.objects.values_list("product_id", flat=True).get(pk=variant_id)
    sizes = list(SetSize.objects.filter(product=product_id).select_related("size"))
    if not sizes:
        raise StockRefused("This is not a set: it has no list of sizes.")
    fitting = _singles_like(product_id, [row.size_id for row in sizes])
    return [_only_fitting(row.size.number, fitting.get(row.size_id, [])) for row in sizes]


def _singles_like(product_id: int, size_ids: Iterable[int]) -> dict[int, list[KitPart]]:
    card = SafetyCard.objects.filter(product=product_id).first()
    if card is None:
        raise StockRefused("This set has no safety card, so its singles cannot be told.")
    singles = SingleSize.objects.filter(
        size__in=size_ids,
        variant__product__safety_card__material=card.material,
        variant__product__safety_card__firmness=card.firmness,
        variant__product__safety_card__latex=card.latex,
        variant__product__safety_card__magnet=card.magnet,
    ).select_related("variant", "size")
    parts: dict[int, list[KitPart]] = {}
    for single in singles.order_by("variant_id"):
        part = KitPart(single.variant_id, single.variant.sku, single.size.number)
        parts.setdefault(single.size_id, []).append(part)
    return parts


def _only_fitting(size: int, fitting: list[KitPart]) -> KitPart:
    if not fitting:
        raise StockRefused(f"There is no single of the same make in size {size}.")
    if len(fitting) > 1:
        skus = ", ".join(part.sku for part in fitting)
        raise StockRefused(f"Size {size} is sold as {skus}: which of them belongs in is not known.")
    return fitting[0]


def kit_document_lines(variant_id: int, kits: int, warehouse_id: UUID) -> list[DocumentLine]:
    """Return what packing `kits` sets changes (below zero: breaking them up), the set first."""
    parts = parts_of(variant_id)
    pieces = {variant_id: kits, **{part.variant_id: -kits for part in parts}}
    return document_lines(pieces, warehouse_id=warehouse_id)


def make_kits(
    *, key: UUID, warehouse_id: UUID, variant_id: int, kits: int, actor_id: int, note: str
) -> None:
    """Pack `kits` sets out of one single of each of their sizes. Raises StockRefused."""
    with post_document(key=key, reason=StockReason.KIT_MADE, actor_id=actor_id, note=note):
        apply_changes(_changes(warehouse_id, variant_id, kits))


def break_kits(
    *, key: UUID, warehouse_id: UUID, variant_id: int, kits: int, actor_id: int, note: str
) -> None:
    """Break `kits` sets up into their singles. Raises StockRefused."""
    with post_document(key=key, reason=StockReason.KIT_BROKEN, actor_id=actor_id, note=note):
        apply_changes(_changes(warehouse_id, variant_id, -kits))


def _changes(warehouse_id: UUID, variant_id: int, kits: int) -> dict[StockKey, int]:
    parts = {(warehouse_id, part.variant_id): -kits for part in parts_of(variant_id)}
    return {(warehouse_id, variant_id): kits, **parts}
