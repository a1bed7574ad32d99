"""Which singles a set is packed from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from saleor.product.models import ProductVariant

from plugins.inventory.errors import StockRefused
from plugins.inventory.selectors.sheets import SheetRow, rows_of
from product_content.models import SafetyCard, SetSize, SingleSize


@dataclass(frozen=True)
class Part:
    """One single of a set, named by its SKU and the number of its size."""

    variant_id: int
    sku: str
    size: int


def parts_of(variant_id: int) -> list[Part]:
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
    return [_only(row.size.number, fitting.get(row.size_id, [])) for row in sizes]


def _singles_like(product_id: int, size_ids: Iterable[int]) -> dict[int, list[Part]]:
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
    parts: dict[int, list[Part]] = {}
    for single in singles.order_by("variant_id"):
        part = Part(single.variant_id, single.variant.sku, single.size.number)
        parts.setdefault(single.size_id, []).append(part)
    return parts


def _only(size: int, fitting: list[Part]) -> Part:
    if not fitting:
        raise StockRefused(f"There is no single of the same make in size {size}.")
    if len(fitting) > 1:
        skus = ", ".join(part.sku for part in fitting)
        raise StockRefused(f"Size {size} is sold as {skus}: which of them belongs in is not known.")
    return fitting[0]


def kit_rows(variant_id: int, kits: int, warehouse_id: UUID) -> list[SheetRow]:
    """Return what packing `kits` sets changes (below zero: breaking them up), the set first."""
    parts = parts_of(variant_id)
    pieces = {variant_id: kits, **{part.variant_id: -kits for part in parts}}
    return rows_of(pieces, warehouse_id=warehouse_id)
