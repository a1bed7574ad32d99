"""Parsing of a search text into sizes and terms with their synonyms. Pure.

Nothing is looked up, kept or logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from product_content.types import SizeInfo

GROUPS: tuple[tuple[str, ...], ...] = (
    (
        "dilator",
        "trainer",
        "vaginal dilator",
        "vaginal trainer",
        "cone",
        "expander",
        "dilatador",
        "dilatadores",
    ),
    ("massager", "personal massager", "vibrator", "wand", "masajeador", "vibrador"),
    ("lubricant", "lube", "gel", "jelly", "lubricante"),
    ("pouch", "bag", "case", "bolsa", "funda"),
    ("cleaning", "cleaner", "wash", "soap", "hygiene", "limpieza", "lavar", "jabón"),
    ("magnetic", "magnet", "magnético", "imán", "imanes"),
    ("vaginismus", "gpppd", "penetration disorder", "vaginismo"),
    ("vestibulodynia", "vulvodynia", "vestibulitis"),
    ("pelvic floor tension", "hypertonic pelvic floor", "tight pelvic floor"),
    ("menopause", "gsm", "vaginal atrophy", "vaginal dryness", "menopausia"),
    ("radiotherapy", "radiation", "radioterapia"),
    (
        "physiotherapist",
        "physio",
        "physical therapist",
        "pelvic floor therapist",
        "fisioterapeuta",
        "fisioterapia",
    ),
    ("set", "sets", "juego", "juegos"),
    ("first session", "primera sesión"),
    ("psychosexual therapist", "sex therapist"),
    ("relaxation", "relaxing", "breathing", "relajación", "respiración"),
)
_GROUP_OF = {phrase: group for group in GROUPS for phrase in group}
MAX_PHRASE_WORDS = max(len(phrase.split()) for phrase in _GROUP_OF)  # words in the longest phrase
WORDS = frozenset(word for phrase in _GROUP_OF for word in phrase.split())


def group_of(phrase: str) -> tuple[str, ...] | None:
    """Return all phrases for the same thing, or None; a plural in -s counts as its singular."""
    return _GROUP_OF.get(phrase) or _GROUP_OF.get(phrase.removesuffix("s"))


_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
NEAR_MM = 2.0  # half of the chart's largest step: further away it is another size
_NUMBERED = re.compile(
    r"\b(?:sizes?|tama[ñn]os?|tallas?)\s*#?\s*(\d{1,2})(?:\s*(?:-|\u2013|to|and|a|y|&)\s*(\d{1,2}))?\b"
)
_MEASURED = re.compile(
    r"\b(\d{1,3}(?:[.,]\d{1,2})?)\s*"
    r"(mm\b|millimet(?:er|re)s?\b|cm\b|centimet(?:er|re)s?\b|inch(?:es)?\b|pulg(?:adas?)?\b|"
    r"in\b|[\"”″])"
)
_BARE = re.compile(r"(?<![\w.,])(\d{1,2})(?![\w.,])")


@dataclass(frozen=True, slots=True)
class ParsedSizes:
    """The rest of the text, the sizes (numbers of the chart) asked for, and what to say of them."""

    rest: str
    numbers: tuple[int, ...]
    notes: tuple[str, ...]


def parse_sizes(text: str, chart: Sequence[SizeInfo]) -> ParsedSizes:
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
    return ParsedSizes(rest, tuple(dict.fromkeys(found)), tuple(notes))


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


MAX_LENGTH = 100  # characters; nobody searches a shop with more
MAX_WORDS = 8
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing looked for, in all its words."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The words and the sizes of a search."""

    words: tuple[str, ...]
    sizes: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What the documents know about a word: does it say nothing, is it in one of them?

    `longer` are words that begin with it, `nearest` the one that it may be a mistyping of.
    """

    stop: bool = False
    known: bool = False
    longer: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


def parse_query(text: str, chart: Sequence[SizeInfo]) -> ParsedQuery:
    """Return the words and sizes in `text`, whatever it holds; at most `MAX_WORDS` words."""
    plain = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).lower()
    sizes: ParsedSizes = parse_sizes(plain, chart)
    words = dict.fromkeys(word.replace("\u2019", "'") for word in _WORD.findall(sizes.rest))
    return ParsedQuery(tuple(words)[:MAX_WORDS], sizes.numbers, sizes.notes)


def correct(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[str, ...]:
    """Return the words with each unknown one replaced by the nearest known one, if there is any."""
    return tuple(_corrected(word, facts.get(word, WordFacts())) for word in words)


def _corrected(word: str, fact: WordFacts) -> str:
    if fact.stop or fact.known or fact.longer or group_of(word) or not fact.nearest:
        return word
    return fact.nearest[0]


def make_terms(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[Term, ...]:
    """Group words into terms, longest known phrase first, and leave out words that say nothing."""
    terms, at = [], 0
    while at < len(words):
        term, taken = _term_at(words[at : at + MAX_PHRASE_WORDS], facts)
        at += taken
        if term is not None:
            terms.append(term)
    return tuple(terms)


def _term_at(words: Sequence[str], facts: Mapping[str, WordFacts]) -> tuple[Term | None, int]:
    for length in range(len(words), 0, -1):
        if group := group_of(" ".join(words[:length])):
            return Term(group), length
    fact = facts.get(words[0], WordFacts())
    if fact.stop:
        return None, 1
    if fact.known or not fact.longer:
        return Term((words[0],)), 1
    return Term(_with_synonyms(fact.longer)), 1


def _with_synonyms(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words, each with its other names, each once."""
    return tuple(dict.fromkeys(name for word in words for name in group_of(word) or (word,)))
