"""Stock, sizes and shortages in plain words."""

from __future__ import annotations

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from product_content.types import SizeInfo

MAX_LOW_STOCK = 5  # pieces; up to this many the page shows the exact number


def stock(available: int) -> str:
    """Return the number of pieces left in words."""
    if available <= 0:
        return _("Sold out")
    if available <= MAX_LOW_STOCK:
        return _("Only %(number)s left") % {"number": available}
    return _("%(number)s in stock") % {"number": available}


def size_range(sizes: tuple[SizeInfo, ...]) -> str:
    """Return sizes in words; names each where there are gaps in between."""
    if not sizes:
        return ""
    first, last = sizes[0], sizes[-1]
    if len(sizes) == 1:
        return _("Size %(number)s, %(width)s mm") % {
            "number": first.number,
            "width": first.diameter_mm,
        }
    numbers = [size.number for size in sizes]
    named = get_text_list([str(number) for number in numbers], _("and"))
    if len(numbers) > 2 and numbers == list(range(first.number, last.number + 1)):  # noqa: PLR2004
        named = _("%(first)s to %(last)s") % {"first": first.number, "last": last.number}
    widths = {"first": first.diameter_mm, "last": last.diameter_mm}
    return _("Sizes %(sizes)s, %(first)s to %(last)s mm") % {"sizes": named, **widths}


def shortage(*, wanted: int, available: int) -> str:
    """Say how much is left when someone wants more; quantities are in pieces."""
    if available <= 0:
        return _("sold out, sorry.")
    return _("only %(left)s left, and you asked for %(wanted)s.") % {
        "left": available,
        "wanted": wanted,
    }
