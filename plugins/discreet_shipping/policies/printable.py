"""Can a line of an address be printed, so that a label never shows boxes or a cut-off line?

The label's font has every letter of Latin, Greek and Cyrillic writing; a test asks the font. It has
no Chinese, Japanese, Korean, Arabic or Hebrew ones, and carriers' own printers have fewer still.
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from plugins.discreet_shipping.constants import MOST_LINE
from plugins.discreet_shipping.policies.situation import YES, Answer

_SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")
_PUNCTUATION = frozenset(" -'’‘`\"“”.,;:&/()+#*_№°ªº·–—0123456789\N{NO-BREAK SPACE}")
_MARKS = range(0x0300, 0x0370)  # accents that follow their letter
_OTHER_LETTERS = _(
    "Please write this in Latin, Greek or Cyrillic letters, as a passport does: our label printer "
    "has no others, and no pictures."
)
_TOO_LONG = _("Please shorten this to {most} characters, or it does not fit on a label.")


def line_is_printable(text: str) -> Answer:
    """Say whether `text` can stand on a label as one line."""
    if len(text) > MOST_LINE:
        return False, str(_TOO_LONG).format(most=MOST_LINE)
    if not all(map(_has_glyph, unicodedata.normalize("NFC", text))):
        return False, str(_OTHER_LETTERS)
    return YES


def _has_glyph(character: str) -> bool:
    if character in _PUNCTUATION or ord(character) in _MARKS:
        return True
    is_letter = unicodedata.category(character).startswith("L")
    known = unicodedata.name(character, "").startswith(_SCRIPTS)
    return is_letter and known and ord(character) <= 0xFFFF  # noqa: PLR2004  the basic plane
