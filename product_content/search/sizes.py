"""Sizes as people write them: numbers of the chart, millimetres, centimetres and inches. Pure.

Understood are decimals with point or comma, fractions ("3/4", "1⅛"), small numbers in words, units
stuck or apart in English and Spanish, either inch sign, ranges, and several sizes. Millilitres,
minutes, ages and prices are never widths; volumes are understood as those of a bottle.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _

from product_content.types import SizeInfo

NEAR_MM = 2.0  # half of the chart's largest step: further away it is another size
MAX_BARE_MM = 45  # a number without unit that is larger is no width that anybody sells

_INCH_SIGNS = str.maketrans(dict.fromkeys("”″“‟〃ʺ˝", '"') | {"⁄": "/", "∕": "/"})
_THREE = re.compile(r"\b\d{1,2}(?:,\d{1,2}){2,}\b")  # a decimal has one comma
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_WORD_NUMBERS = {
    "half": "1/2", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "medio": "1/2", "media": "1/2",
    "un": "1", "una": "1", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5",
    "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "an": "1",
}  # fmt: skip
_SPOKEN = "|".join(_WORD_NUMBERS)
_QUARTERS = re.compile(
    r"\b(?:(a|one|three|un|tres)\s+(?:quarters?|cuartos?)|three[ -]fourths)"
    r"(?:\s+(?:of an?|de|of))?(?=\s+(?:inch|pulg))"
)
_HALF_MORE = re.compile(
    rf"\b(?:an?\s+)?(inch|pulgada) (?:and a half|y media)"
    rf"|\b({_SPOKEN}|\d)\s+(?:and a half|y medi[ao])\s+(inches|pulgadas)"
)
_FRACTION = r"(?:\d{1,2}(?:\s+|\s?-\s?))?\d{1,2}\s?/\s?(?:2|3|4|8|16|32|64)(?!\d)"
_DECIMAL = r"\d{1,3}(?:[.,]\d{1,3})?|[.,]\d{1,3}"
_QUANTITY = rf"(?:{_FRACTION}|{_DECIMAL})"
_BETWEEN = r"\s*(?:-|–|—|/|&|\+|,\s|\bto\b|\band\b|\bor\b|\ba\b|\bal\b|\bhasta\b|\by\b|\bo\b)\s*"
_UNIT = (
    r"(?:mms?\b|mil[ií]met(?:er|re|ro)s?\b|millimet(?:er|re)s?\b"
    r"|cms?\b|cent[ií]met(?:er|re|ro)s?\b"
    r"|inch(?:es)?\b|pulg(?:adas?)?\b\.?|\"|''|′′|’’"
    r"|in\b(?!\s+(?:stock|an?|the|one|my|your|this|total|all|each|between|spain|\d)))"
)
_GLUE = r"\s?-?\s?(?:(?:de|of an?)\s+)?"
_NOT_LONG = r"(?!\s*(?:long\b|deep\b|(?:in |de )?(?:length|depth|largo|longitud|profundidad)\b))"
_MEASURED = re.compile(
    rf"(?<![\w.,/])({_QUANTITY}(?:{_BETWEEN}{_QUANTITY})*){_GLUE}({_UNIT}){_NOT_LONG}"
)
_NUMBER_WORD = r"(?:numbers?|n[uú]meros?|no\.|n[º°o]\.?|num\.?)"
_SIZE_WORD = r"(?:sizes?|tama[ñn]os?|tallas?|medidas?)"
_NUMBERED = re.compile(
    rf"(?:\b{_SIZE_WORD}\s*(?:(?:from|between|del?|entre)\s+)?{_NUMBER_WORD}?\s*#?|\b{_NUMBER_WORD}|#)"
    rf"\s*(\d{{1,2}}+(?:(?:{_BETWEEN}|,)(?:{_SIZE_WORD}\s)?\d{{1,2}}+)*+)"
    rf"(?![.,]?\d|\s*/|\s+\d+\s?/)(?!{_GLUE}(?!in\s+[a-z]){_UNIT})"
)
_OF_PIECES = r"(?:sets? of|juegos? de|kits? (?:of|de)|pack (?:of|de))"
_COUNTED = r"(?:pieces?|pcs?|piezas?|dilators|dilatadores|trainers|sizes|tama[ñn]os|tallas)"
_PIECES = re.compile(rf"\b{_OF_PIECES}\s+(\d)\b(?!\s*(?:mm|cm|ml|in|\"))|\b(\d)[\s-]?{_COUNTED}\b")
_SEVERAL = "|".join(word for word, number in _WORD_NUMBERS.items() if number not in {"1", "1/2"})
_SPOKEN_PIECES = re.compile(
    rf"(\b{_OF_PIECES}\s+)({_SEVERAL})\b(?!\s+(?:mm|cm|ml|inch|pulg))"
    rf"|\b({_SEVERAL})(?=[\s-]{_COUNTED}\b)"
)
_MILLILITRES = {"m": 1.0, "c": 1.0, "l": 1000.0, "f": 29.6, "o": 29.6}  # by the unit's first letter
_VOLUME = re.compile(
    rf"(?<![\w.,/])({_DECIMAL})(?:{_BETWEEN}({_DECIMAL}))?\s?-?\s?"
    r"(m(?:illi)?l(?:it(?:er|re)s?)?|mls|mililitros?|cc|cl|centilitros?|centilit(?:er|re)s?"
    r"|lit(?:er|re|ro)s?|l|fl\.?\s?oz|oz|(?:fluid )?ounces?|onzas?)\b\.?"
)
# What a number counts when it is no width.
_NO_WIDTH = (
    r"(?:m(?:illi)?l(?:it(?:er|re)s?)?|mililitros?|cc|cl|l(?:it(?:er|re|ro)s?)?|oz|fl|ounces?|onzas?"
    r"|g|grams?|gramos?|kg|kilos?|lbs?|pounds?|libras?|euros?|eur|gbp|usd|d[oó]lar(?:es)?|pesos"
    r"|p|%|£|€|\$|°|x|times|veces|stars?|(?:working|business) days?|d[ií]as?|days?|hours?|horas?|h"
    r"|hrs?|min(?:ute|uto)?s?|secs?|seconds?|segundos|weeks?|wks?|semanas?|months?|mes(?:es)?|years?"
    r"|yrs?|a[ñn]os?"
    r"|speeds?|velocidades|am|pm|st|nd|rd|th|kinds?|tipos?|steps?|pasos)"
)
_AFTER_AGE = re.compile(r"\b(?:age|aged|over|under|edad|mayor|menor|since|desde|covid|of|de)\s*$")
_BARE = re.compile(
    rf"(?<![\w.,/£€$-])(\d{{1,2}}+(?:{_BETWEEN}\d{{1,2}}+)*+)(?!\w)(?![.,/]\d)(?!\s*-?\s*{_NO_WIDTH}(?!\w)){_NOT_LONG}(?!{_GLUE}{_UNIT})"
)


@dataclass(frozen=True, slots=True)
class ParsedSizes:
    """The rest of the text, the sizes (numbers of the chart) asked for, and what to say of them.

    `pieces` is how many a set should have, where somebody asked for "a set of 5"; `volumes` are
    those of bottles, in millilitres.
    """

    rest: str
    numbers: tuple[int, ...]
    notes: tuple[str, ...]
    pieces: int | None = None
    volumes: tuple[int, ...] = ()


def plain_text(text: str) -> str:
    """Return `text` in small letters, with one sign for inches and fractions apart from wholes."""
    text = _THREE.sub(lambda match: match[0].replace(",", ", "), text)
    spaced = _VULGAR.sub(lambda match: f" {_written_out(match[0])}", text.translate(_INCH_SIGNS))
    return unicodedata.normalize("NFKC", spaced).translate(_INCH_SIGNS).lower()


def _written_out(vulgar: str) -> str:
    return unicodedata.normalize("NFKC", vulgar).replace("⁄", "/")


@dataclass
class _Finder:
    """Takes sizes out of a text, step by step."""

    chart: Sequence[SizeInfo]
    numbers: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pieces: int | None = None
    volumes: list[int] = field(default_factory=list)

    def filled(self, match: re.Match[str]) -> str:
        self.volumes += _volumes_of(match)
        return " "

    def counted(self, match: re.Match[str]) -> str:
        self.pieces = int(match[1] or match[2])
        return " set "

    def numbered(self, match: re.Match[str]) -> str:
        own = {size.number for size in self.chart}
        for number in map(int, re.findall(r"\d+", match[1])):
            if number in own:
                self.numbers.append(number)
            else:
                self._note_unknown(number)
        return " "

    def measured(self, match: re.Match[str]) -> str:
        unit = _millimetres_of(match[2])
        for quantity in re.findall(_QUANTITY, match[1]):
            self._nearest(float(_value(quantity)) * unit)
        return " "

    def bare(self, match: re.Match[str]) -> str:
        wanted = [int(number) for number in re.findall(r"\d+", match[1])]
        if _AFTER_AGE.search(match.string[: match.start()]) or max(wanted) > MAX_BARE_MM:
            return match[0]
        own = {size.number for size in self.chart}
        if own.issuperset(wanted):
            self.numbers += wanted
        elif self._is_near(min(wanted)) or self._is_near(max(wanted)):
            for number in wanted:
                self._nearest(float(number))
        else:
            return match[0]
        return " "

    def _note_unknown(self, number: int) -> None:
        last = max((size.number for size in self.chart), default=0)
        self.notes.append(
            _("There is no size %(number)s: our sizes go from 1 to %(last)s.")
            % {"number": number, "last": last}
        )

    def _is_near(self, millimetres: float) -> bool:
        return any(abs(size.diameter_mm - millimetres) <= NEAR_MM for size in self.chart)

    def _nearest(self, millimetres: float) -> None:
        if not self.chart:
            return
        size = min(self.chart, key=lambda each: abs(each.diameter_mm - millimetres))
        asked = f"{millimetres:.0f} mm"
        if abs(size.diameter_mm - millimetres) > NEAR_MM:
            self.notes.append(_("None of our sizes is near %(width)s across.") % {"width": asked})
            return
        if asked != f"{size.diameter_mm} mm":
            facts = {"width": asked, "number": size.number, "own": size.diameter_mm}
            self.notes.append(_("Nearest to %(width)s: size %(number)s, %(own)s mm.") % facts)
        self.numbers.append(size.number)


def parse_sizes(text: str, chart: Sequence[SizeInfo]) -> ParsedSizes:
    """Take the sizes out of `text`, which `plain_text` made.

    A width between two sizes becomes the nearer one, and a note says so. A bare number is a size
    of the chart, or else a width in millimetres if one of ours is near it.
    """
    finder = _Finder(chart)
    steps: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_VOLUME, finder.filled),
        (_PIECES, finder.counted),
        (_NUMBERED, finder.numbered),
        (_MEASURED, finder.measured),
        (_BARE, finder.bare),
    )
    rest = _with_digits(text)
    for pattern, take in steps:
        rest = pattern.sub(take, rest)
    return ParsedSizes(
        rest,
        tuple(dict.fromkeys(finder.numbers)),
        tuple(dict.fromkeys(finder.notes)),
        finder.pieces,
        tuple(dict.fromkeys(finder.volumes)),
    )


def volumes_in(text: str) -> tuple[int, ...]:
    """Return the volumes that a text names, as "50 ml", in millilitres."""
    found = _VOLUME.finditer(plain_text(text))
    return tuple(volume for match in found for volume in _volumes_of(match))


def _volumes_of(match: re.Match[str]) -> list[int]:
    """Return the volumes of one mention in millilitres; "cl" is ten of them, as "litre" 1000."""
    unit = match[3]
    factor = 10.0 if unit.startswith(("cl", "cent")) else _MILLILITRES[unit[0]]
    return [round(float(_value(each)) * factor) for each in match.group(1, 2) if each]


_SPOKEN_SIZE = re.compile(
    rf"\b((?:sizes?|number|tama[ñn]os?|tallas?|n[uú]mero)\s+(?:\d+\s+\w+\s+)?)({_SPOKEN})\b"
    rf"(?!\s+(?:of|at|that|to my|for))"
)
_SPOKEN_UNIT = re.compile(
    rf"\b({_SPOKEN})(?=\s+(?:an\s+|de\s+)?(?:inch|pulg|cm|centi|mm|mil[ií]|millim))"
)


def _with_digits(text: str) -> str:
    """Return `text` with the numbers that are written in words before a unit, as digits."""
    text = _QUARTERS.sub(lambda m: "3/4" if m[0].startswith("t") else "1/4", text)
    text = _HALF_MORE.sub(_half_more, text)
    text = _SPOKEN_SIZE.sub(lambda m: f"{m[1]}{_WORD_NUMBERS[m[2]]}", text)
    text = _SPOKEN_PIECES.sub(lambda m: f"{m[1] or ''}{_WORD_NUMBERS[m[2] or m[3]]}", text)
    text = text.replace("half an inch", "1/2 inch").replace("half inch", "1/2 inch")
    return _SPOKEN_UNIT.sub(lambda m: _WORD_NUMBERS[m[1]], text)


def _half_more(match: re.Match[str]) -> str:
    if match[1]:
        return f"1 1/2 {match[1]}"
    return f"{_WORD_NUMBERS.get(match[2], match[2])} 1/2 {match[3]}"


def _millimetres_of(unit: str) -> float:
    if unit.startswith("c"):
        return 10.0
    return 1.0 if unit.startswith("m") else 25.4


def _value(quantity: str) -> Fraction:
    """Return the number that "2,3", ".9", "3/4" or "1-1/8" is."""
    if "/" not in quantity:
        return Fraction(quantity.replace(",", "."))
    whole, above, below = re.fullmatch(
        r"(?:(\d+)(?:\s+|\s?-\s?))?(\d+)\s?/\s?(\d+)", quantity
    ).groups()  # type: ignore[union-attr]  # it is a _FRACTION
    return Fraction(int(whole or 0)) + Fraction(int(above), int(below))
