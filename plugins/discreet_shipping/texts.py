"""What people may write on a label, in a subject or on a slip. Pure.

The label's font has every letter of Latin, Greek and Cyrillic writing; a test asks the font. It has
no Chinese, Japanese, Korean, Arabic or Hebrew ones, and carriers' own printers have fewer still.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from product_content.decisions import ALLOWED, Decision, refused

MAX_LINE: Final = 60  # of a field of an address; a label has room for two lines of it

# Letters, marks, digits, everyday punctuation. What is left out: control and format characters
# (among them those that turn the writing direction), private use, emoji and other symbols.
# A label printer has no glyph for those, and some show something else than was typed.
_KINDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Zs"})
_PUNCTUATION = frozenset("-'’.,&/()")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_LATIN = ("LATIN", "COMBINING", "DIGIT", "SPACE", "NO-BREAK")


def clean_line(value: object, *, limit: int) -> str:
    """Return one line of text, composed and with single spaces, of at most `limit` characters.

    Raises ValueError with a sentence that says what is wrong.
    """
    if not isinstance(value, str):
        raise ValueError(_("Write this as text."))  # noqa: TRY004  one kind of refusal
    if len(value) > 4 * limit:  # before any work on a very long text
        raise ValueError(_("Use at most %(number)s characters.") % {"number": limit})
    text = " ".join(unicodedata.normalize("NFC", value).split(" ")).strip()
    text = " ".join(filter(None, text.split(" ")))
    for character in text:
        _refuse(character)
    if len(text) > limit:
        raise ValueError(_("Use at most %(number)s characters.") % {"number": limit})
    return text


def _refuse(character: str) -> None:
    if character in "<>":
        raise ValueError(_("Leave out < and >."))
    if character in _PUNCTUATION:
        return
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        raise ValueError(_("Use Latin letters: carriers cannot print others."))
    if unicodedata.category(character) not in _KINDS:
        raise ValueError(_("Use letters, digits and simple punctuation only, without symbols."))
    if not unicodedata.name(character, "").startswith(_LATIN):
        raise ValueError(_("Use Latin letters: carriers cannot print others."))


_PRINTABLE_SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")
_PRINTABLE_SIGNS = frozenset(" -'’‘`\"“”.,;:&/()+#*_№°ªº·–—0123456789\N{NO-BREAK SPACE}")
_COMBINING_ACCENTS = range(0x0300, 0x0370)  # accents that follow their letter
_OTHER_LETTERS = gettext_lazy(
    "Please write this in Latin, Greek or Cyrillic letters, as a passport does: our label printer "
    "has no others, and no pictures."
)
_TOO_LONG = gettext_lazy("Please shorten this to {most} characters, or it does not fit on a label.")


def line_is_printable(text: str) -> Decision:
    """Say whether `text` can stand on a label as one line."""
    if len(text) > MAX_LINE:
        return refused(str(_TOO_LONG).format(most=MAX_LINE))
    if not all(map(_has_glyph, unicodedata.normalize("NFC", text))):
        return refused(str(_OTHER_LETTERS))
    return ALLOWED


def _has_glyph(character: str) -> bool:
    if character in _PRINTABLE_SIGNS or ord(character) in _COMBINING_ACCENTS:
        return True
    is_letter = unicodedata.category(character).startswith("L")
    known = unicodedata.name(character, "").startswith(_PRINTABLE_SCRIPTS)
    return is_letter and known and ord(character) <= 0xFFFF  # noqa: PLR2004  the basic plane
