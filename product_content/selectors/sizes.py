"""The house size chart."""

from __future__ import annotations

from functools import cache

from product_content.models import Size
from product_content.types import SizeInfo

MM_PER_INCH = 25.4
SIZE_FIELDS = ("number", "diameter_mm", "usable_length_mm", "weight_g")


def list_sizes() -> list[SizeInfo]:
    """Return the whole chart, smallest first; one query."""
    return list(chart().values())


def chart() -> dict[int, SizeInfo]:
    """Return the chart by primary key, smallest first; one query."""
    rows = Size.objects.order_by("number").values_list("pk", *SIZE_FIELDS)
    return {pk: size_info(*figures) for pk, *figures in rows}


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
