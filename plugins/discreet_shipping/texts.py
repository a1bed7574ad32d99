"""What people may write on a label, in a subject or on a slip."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

# Letters, marks, digits, everyday punctuation. What is left out: control and format characters
# (among them those that turn the writing direction), private use, emoji and other symbols.
# A label printer has no glyph for those, and some show something else than was typed.
_KINDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Zs"})
_PUNCTUATION = frozenset("-'’.,&/()")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_LATIN = ("LATIN", "COMBINING", "DIGIT", "SPACE", "NO-BREAK")


def clean_line(value: object, *, most: int) -> str:
    """Return one line of text, composed and with single spaces, of at most `most` characters.

    Raises ValueError with a sentence that says what is wrong.
    """
    if not isinstance(value, str):
        raise ValueError(_("Write this as text."))  # noqa: TRY004  one kind of refusal
    if len(value) > 4 * most:  # before any work on a very long text
        raise ValueError(_("Use at most %(number)s characters.") % {"number": most})
    text = " ".join(unicodedata.normalize("NFC", value).split(" ")).strip()
    text = " ".join(filter(None, text.split(" ")))
    for character in text:
        _refuse(character)
    if len(text) > most:
        raise ValueError(_("Use at most %(number)s characters.") % {"number": most})
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
