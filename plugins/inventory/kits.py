"""Kits: which singles a set is packed from, packing sets and breaking them up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from saleor.product.models import ProductVariant

from plugins.inventory.documents import (
    DocumentLine,
    StockKey,
    apply_changes,
    document_lines,
    post_document,
)
from plugins.inventory.models import StockReason
from plugins.inventory.policies import StockRefused
from product_content.models import SafetyCard, SetSize, SingleSize


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
