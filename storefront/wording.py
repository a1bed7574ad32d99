"""Small facts in plain words."""

from __future__ import annotations

from product_content.types import SizeInfo

FEW = 5  # from here down the exact number helps to decide


def stock(available: int) -> str:
    """Return the number of pieces left in words."""
    if available <= 0:
        return "Sold out"
    if available <= FEW:
        return f"Only {available} left"
    return f"{available} in stock"


def size_range(sizes: tuple[SizeInfo, ...]) -> str:
    """Return sizes in words; names each where there are gaps in between."""
    if not sizes:
        return ""
    first, last = sizes[0], sizes[-1]
    if len(sizes) == 1:
        return f"Size {first.number}, {first.diameter_mm} mm"
    numbers = [size.number for size in sizes]
    named = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
    if len(numbers) > 2 and numbers == list(range(first.number, last.number + 1)):  # noqa: PLR2004
        named = f"{first.number} to {last.number}"
    return f"Sizes {named}, {first.diameter_mm} to {last.diameter_mm} mm"


def shortage(*, wanted: int, available: int) -> str:
    """Say how much is left when someone wants more; quantities are in pieces."""
    if available <= 0:
        return "sold out, sorry."
    return f"only {available} left, and you asked for {wanted}."
