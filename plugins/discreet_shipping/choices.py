"""The choices of one basket or order: a versioned schema, its limits and its validation.

What is stored is exactly `to_data(choices)`. What comes from a browser, or from a row that is
older than this code, passes `parse` before anything uses it. No price is ever among it.

What people may write on a label, in a subject or on a slip: the label's font has every letter of
Latin, Greek and Cyrillic writing; a test asks the font. It has no Chinese, Japanese, Korean, Arabic
or Hebrew ones, and carriers' own printers have fewer still.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from product_content.decisions import ALLOWED, Decision, refused
from product_content.parsing import normal_email

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

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
    if character in _PRINTABLE_SIGNS or ord(character) in _COMBINING_ACCENTS:
        return True
    is_letter = unicodedata.category(character).startswith("L")
    known = unicodedata.name(character, "").startswith(_PRINTABLE_SCRIPTS)
    return is_letter and known and ord(character) <= 0xFFFF  # noqa: PLR2004  the basic plane


CHOICES_KEY: Final = "discreet_shipping"  # in the metadata of checkouts and orders
REMEMBERED_KEY: Final = "discreet_shipping"  # in a user's private_metadata

CHOICES_VERSION: Final = 1
CONTRACT_VERSION: Final = 1

MAX_BYTES: Final = 4096  # of all choices together, as JSON
# A line of a label: carriers cut longer ones (Royal Mail and UPS print 35 characters).
MAX_NAME: Final = 35
MAX_SAFE_PLACE: Final = 40
MAX_CODE_WORD: Final = 20
MAX_EMAIL: Final = 254
MAX_POINT: Final = 40

# Whatever has a price, countries and methods that staff set.
OPTIONS: Final = {
    "sender": _("Another sender name"),
    "label_name": _("Initials or another name on the label"),
    "collection": _("Collection instead of home"),
    "signature": _("Signature on delivery"),
    "named": _("Only the named person may receive it"),
    "safe_place": _("Leave at a safe place"),
    "no_neighbour": _("Do not leave with a neighbour"),
    "day": _("Not before a date, or only on chosen weekdays"),
    "slip": _("Slip with codes in the parcel"),
    "messages": _("Other messages, address or code word"),
    "return_label": _("Return label in the parcel"),
}
WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


class ChoicesRefused(ValueError):  # noqa: N818  a refusal is an answer, not a failure
    """Invalid choices; `problems` says per field what is wrong."""

    def __init__(self, problems: Mapping[str, StrOrPromise]) -> None:
        self.problems = {field: str(reason) for field, reason in problems.items()}
        super().__init__(" ".join(self.problems.values()))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a customer chose. The defaults are what most people want.

    `sender`: a sender name of the shop, "" for its first. `label_name`: own, initials, other.
    `point`: code of a collection point, "" for home. `handover`: any, signature, named.
    `safe_place`: where to leave it, "" for nowhere. `day`: any, not_before, weekdays (0 is
    Monday). `slip`: none, codes. `receipt`: email, none. `messages`: neutral, full, legal.
    """

    sender: str = ""
    label_name: str = "own"
    other_name: str = ""
    point: str = ""
    handover: str = "any"
    safe_place: str = ""
    no_neighbour: bool = False
    day: str = "any"
    not_before: str = ""
    weekdays: tuple[int, ...] = ()
    slip: str = "none"
    receipt: str = "email"
    messages: str = "neutral"
    message_email: str = ""
    code_word: str = ""
    return_label: bool = False


_ALLOWED = {
    "label_name": ("own", "initials", "other"),
    "handover": ("any", "signature", "named"),
    "day": ("any", "not_before", "weekdays"),
    "slip": ("none", "codes"),
    "receipt": ("email", "none"),
    "messages": ("neutral", "full", "legal"),
}
# A detail counts only with the choice it belongs to; alone it is dropped, not stored.
_BELONGS = {
    "other_name": ("label_name", "other", _("Write the name for the label.")),
    "not_before": ("day", "not_before", _("Choose a date.")),
    "weekdays": ("day", "weekdays", _("Choose at least one weekday.")),
}


def parse(data: object) -> Choices:
    """Return the choices in `data` (a mapping as stored or as sent); raise ChoicesRefused."""
    if not isinstance(data, Mapping):
        raise ChoicesRefused({"version": _("These choices cannot be read.")})
    _refuse_shape(data)
    problems: dict[str, str] = {}
    kept: dict[str, Any] = {}
    for field in fields(Choices):
        if field.name in data:
            try:
                kept[field.name] = _READERS[field.name](data[field.name])
            except ValueError as error:
                problems[field.name] = str(error)
    _settle_details(kept, problems)
    if problems:
        raise ChoicesRefused(problems)
    return Choices(**kept)


def to_data(choices: Choices) -> dict[str, Any]:
    """Return the choices as they are stored, with their version."""
    return {**asdict(choices), "weekdays": list(choices.weekdays), "version": CHOICES_VERSION}


def _refuse_shape(data: Mapping[str, Any]) -> None:
    if data.get("version", CHOICES_VERSION) != CHOICES_VERSION:
        raise ChoicesRefused({"version": _("These choices are of another version of the shop.")})
    known = {field.name for field in fields(Choices)} | {"version"}
    if set(data) - known:
        raise ChoicesRefused(
            {"version": _("There is something in this form that we do not offer.")}
        )
    try:
        size = len(json.dumps(data).encode())
    except (TypeError, ValueError) as error:
        raise ChoicesRefused({"version": _("These choices cannot be read.")}) from error
    if size > MAX_BYTES:
        raise ChoicesRefused({"version": _("This is too long. Please shorten what you wrote.")})


def _settle_details(kept: dict[str, Any], problems: dict[str, str]) -> None:
    for detail, (choice, value, missing) in _BELONGS.items():
        if kept.get(choice) != value:
            kept.pop(detail, None)
            problems.pop(detail, None)
        elif not kept.get(detail) and detail not in problems:
            problems[detail] = str(missing)


_NOT_SENT = _("Please choose one of the offered answers.")


def _one_of(name: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in _ALLOWED[name]:
            raise ValueError(_NOT_SENT)
        return str(value)

    return read


def _line(limit: int) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value is None:
            raise ValueError(_NOT_SENT)
        return clean_line(value, limit=limit)

    return read


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("Please choose yes or no."))  # noqa: TRY004  one kind of refusal
    return value


def _date(value: object) -> str:
    if value is None:
        raise ValueError(_NOT_SENT)
    if value == "":
        return ""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise ValueError(_("Write the date as a day, month and year.")) from error


def _weekdays(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > 7:  # noqa: PLR2004  days of a week
        raise ValueError(_("Please choose weekdays from the list."))
    if not all(type(day) is int and 0 <= day <= 6 for day in value):  # noqa: PLR2004
        raise ValueError(_("Please choose weekdays from the list."))
    return tuple(sorted(set(value)))


def _email(value: object) -> str:
    if value is None:
        raise ValueError(_NOT_SENT)
    text = normal_email(str(value))
    if not text:
        return ""
    if len(text) > MAX_EMAIL or not text.isascii():
        raise ValueError(_("Enter an e-mail address, such as name@example.org."))
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(_("Enter an e-mail address, such as name@example.org.")) from error
    return text


_READERS: dict[str, Callable[[object], Any]] = {
    **{name: _one_of(name) for name in _ALLOWED},
    "sender": _line(MAX_NAME),
    "other_name": _line(MAX_NAME),
    "point": _line(MAX_POINT),
    "safe_place": _line(MAX_SAFE_PLACE),
    "no_neighbour": _flag,
    "not_before": _date,
    "weekdays": _weekdays,
    "message_email": _email,
    "code_word": _line(MAX_CODE_WORD),
    "return_label": _flag,
}
