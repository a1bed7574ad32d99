"""Understanding a size in what somebody typed: "size 3", "sizes 1 to 5", "23 mm", "0.9 inch"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from product_content.types import SizeInfo

_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
NEAR_MM = 2.0  # half of the chart's largest step: further away it is another size
_NUMBERED = re.compile(
    r"\b(?:sizes?|tallas?)\s*#?\s*(\d{1,2})(?:\s*(?:-|\u2013|to|and|a|y|&)\s*(\d{1,2}))?\b"
)
_MEASURED = re.compile(
    r"\b(\d{1,3}(?:[.,]\d{1,2})?)\s*"
    r"(mm\b|millimet(?:er|re)s?\b|cm\b|centimet(?:er|re)s?\b|inch(?:es)?\b|pulg(?:adas?)?\b|"
    r"in\b|[\"”″])"
)
_BARE = re.compile(r"(?<![\w.,])(\d{1,2})(?![\w.,])")


@dataclass(frozen=True, slots=True)
class SizeWish:
    """The rest of the text, the sizes (numbers of the chart) asked for, and what to say of them."""

    rest: str
    numbers: tuple[int, ...]
    notes: tuple[str, ...]


def read_sizes(text: str, chart: Sequence[SizeInfo]) -> SizeWish:
    """Take the sizes out of `text`, which is in lower case.

    A diameter between two sizes becomes the nearer one, and a note says so. A bare number is a
    size of the chart, or else a diameter in millimetres.
    """
    found: list[int] = []
    notes: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        wanted = [int(number) for number in match.groups() if number]
        found.extend(_known(wanted, chart, notes))
        return " "

    def measured(match: re.Match[str]) -> str:
        millimetres = float(match[1].replace(",", ".")) * _MM[_unit(match[2])]
        found.extend(_nearest(millimetres, chart, notes))
        return " "

    def bare(match: re.Match[str]) -> str:
        number = int(match[1])
        if number in {size.number for size in chart}:
            found.append(number)
        else:
            found.extend(_nearest(float(number), chart, notes))
        return " "

    rest = _BARE.sub(bare, _MEASURED.sub(measured, _NUMBERED.sub(numbered, text)))
    return SizeWish(rest, tuple(dict.fromkeys(found)), tuple(notes))


def _unit(written: str) -> str:
    if written.startswith("c"):
        return "cm"
    return "mm" if written.startswith("m") else "in"


def _known(wanted: list[int], chart: Sequence[SizeInfo], notes: list[str]) -> list[int]:
    numbers = [size.number for size in chart]
    missing = [number for number in wanted if number not in numbers]
    notes += [
        _("There is no size %(number)s: our sizes go from 1 to %(last)s.")
        % {"number": number, "last": max(numbers, default=0)}
        for number in missing
    ]
    return [number for number in wanted if number in numbers]


def _nearest(millimetres: float, chart: Sequence[SizeInfo], notes: list[str]) -> list[int]:
    if not chart:
        return []
    size = min(chart, key=lambda each: abs(each.diameter_mm - millimetres))
    asked = f"{millimetres:.0f} mm"
    if abs(size.diameter_mm - millimetres) > NEAR_MM:
        notes.append(_("None of our sizes is near %(width)s across.") % {"width": asked})
        return []
    if asked != f"{size.diameter_mm} mm":
        facts = {"width": asked, "number": size.number, "own": size.diameter_mm}
        notes.append(_("Nearest to %(width)s: size %(number)s, %(own)s mm.") % facts)
    return [size.number]
