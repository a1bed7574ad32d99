"""The house size chart, and the sizes that sets contain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache

from product_content.models import SetSize, Size
from product_content.types import SizeInfo

MM_PER_INCH = 25.4
SIZE_FIELDS = ("number", "diameter_mm", "usable_length_mm", "weight_g")


def list_sizes() -> list[SizeInfo]:
    """Return the whole chart, smallest first; one query."""
    return [size_info(*row) for row in Size.objects.order_by("number").values_list(*SIZE_FIELDS)]


def sizes_by_set(product_ids: Collection[int]) -> dict[int, tuple[SizeInfo, ...]]:
    """Return the sizes of each set, smallest first; one query. Others have no entry."""
    found: defaultdict[int, list[SizeInfo]] = defaultdict(list)
    rows = SetSize.objects.filter(product_id__in=product_ids).order_by("size__number")
    for product_id, *figures in rows.values_list(
        "product_id", *(f"size__{f}" for f in SIZE_FIELDS)
    ):
        found[product_id].append(size_info(*figures))
    return {product_id: tuple(sizes) for product_id, sizes in found.items()}


@cache
def size_info(number: int, diameter_mm: int, usable_length_mm: int, weight_g: int) -> SizeInfo:
    """Return a step of the chart with its inches; equal figures share one value."""
    return SizeInfo(
        number=number,
        diameter_mm=diameter_mm,
        diameter_in=_inches(diameter_mm),
        usable_length_mm=usable_length_mm,
        usable_length_in=_inches(usable_length_mm),
        weight_g=weight_g,
    )


def _inches(millimetres: int) -> str:
    return f"{millimetres / MM_PER_INCH:.2f}"
