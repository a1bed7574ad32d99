"""What a sheet of scanned goods would do, before it is posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Upper
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from plugins.inventory.errors import StockRefused
from plugins.inventory.scans import read_scans


@dataclass(frozen=True)
class SheetRow:
    """One SKU of a sheet: `pieces` were scanned, `on_hand` are in the books."""

    variant_id: int
    sku: str
    name: str
    pieces: int
    on_hand: int

    @property
    def difference(self) -> int:
        """Pieces more than the books say, below zero where some are missing."""
        return self.pieces - self.on_hand


def read_sheet(text: str, *, warehouse_id: UUID) -> list[SheetRow]:
    """Return a row per SKU in the order of scanning; raises StockRefused naming every bad line."""
    scans = read_scans(text)
    variants = _by_sku(scans.pieces)
    unknown = [f"{sku}: there is no such SKU." for sku in scans.pieces if sku not in variants]
    if problems := [*scans.problems, *unknown]:
        raise StockRefused(*problems)
    if not scans.pieces:
        raise StockRefused("Nothing was scanned yet.")
    return rows_of(
        {variants[sku].pk: pieces for sku, pieces in scans.pieces.items()},
        warehouse_id=warehouse_id,
    )


def rows_of(pieces: Mapping[int, int], *, warehouse_id: UUID) -> list[SheetRow]:
    """Return a row for each variant, in the order given."""
    variants = ProductVariant.objects.select_related("product").in_bulk(list(pieces))
    stocks = Stock.objects.filter(warehouse_id=warehouse_id, product_variant_id__in=pieces)
    on_hand = dict(stocks.values_list("product_variant_id", "quantity"))
    return [
        SheetRow(pk, variants[pk].sku, name_of(variants[pk]), number, on_hand.get(pk, 0))
        for pk, number in pieces.items()
    ]


def _by_sku(skus: Iterable[str]) -> dict[str, ProductVariant]:
    rows = ProductVariant.objects.annotate(code=Upper("sku")).filter(code__in=list(skus))
    return {row.code: row for row in rows}


def name_of(variant: ProductVariant) -> str:
    """Return what staff call a variant: its product, and which of it."""
    name = str(variant.product.name)
    return f"{name} · {variant.name}" if variant.name else name
