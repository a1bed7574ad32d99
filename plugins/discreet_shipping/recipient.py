"""The name and the address on a label, and whether they can be printed.

The label's font has every letter of Latin, Greek and Cyrillic writing; a test asks the font. It has
no Chinese, Japanese, Korean, Arabic or Hebrew ones, and carriers' own printers have fewer still.
"""

from __future__ import annotations

import unicodedata

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from saleor.account.models import Address

from plugins.discreet_shipping.choices import MAX_LINE, Choices
from plugins.ordering.addresses import address_lines
from product_content.decisions import ALLOWED, Decision, refused

_SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")
_PUNCTUATION = frozenset(" -'’‘`\"“”.,;:&/()+#*_№°ªº·–—0123456789\N{NO-BREAK SPACE}")
_COMBINING_ACCENTS = range(0x0300, 0x0370)  # accents that follow their letter
_OTHER_LETTERS = _(
    "Please write this in Latin, Greek or Cyrillic letters, as a passport does: our label printer "
    "has no others, and no pictures."
)
_TOO_LONG = _("Please shorten this to {most} characters, or it does not fit on a label.")


def line_is_printable(text: str) -> Decision:
    """Say whether `text` can stand on a label as one line."""
    if len(text) > MAX_LINE:
        return refused(str(_TOO_LONG).format(most=MAX_LINE))
    if not all(map(_has_glyph, unicodedata.normalize("NFC", text))):
        return refused(str(_OTHER_LETTERS))
    return ALLOWED


def _has_glyph(character: str) -> bool:
    if character in _PUNCTUATION or ord(character) in _COMBINING_ACCENTS:
        return True
    is_letter = unicodedata.category(character).startswith("L")
    known = unicodedata.name(character, "").startswith(_SCRIPTS)
    return is_letter and known and ord(character) <= 0xFFFF  # noqa: PLR2004  the basic plane


# The fields of Saleor's Address that stand on a label.
ADDRESS_FIELDS = (
    "first_name", "last_name", "street_address_1", "street_address_2",
    "city", "city_area", "country_area", "postal_code",
)  # fmt: skip


def label_name(choices: Choices, first_name: str, last_name: str) -> str:
    """Return the name for the label: own, initials with surname, or another one."""
    if choices.label_name == "other":
        return choices.other_name
    if choices.label_name == "initials":
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
