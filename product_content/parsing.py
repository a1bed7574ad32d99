"""Read what somebody typed, or what a forged address says, without ever failing.

Everything here returns None or a cleaned text in place of an exception: a number that no row can
have is no row, not an error of the server.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MAX_ID = 2**31 - 1  # PostgreSQL refuses larger integers
_MAX_ID_DIGITS = len(str(MAX_ID))


def parse_id(typed: object) -> int | None:
    """Return the id of a row that was sent as text, or None if no row can have it.

    Only digits count. Python refuses to read thousands of them, PostgreSQL more than `MAX_ID`.
    """
    digits = str(typed).strip()
    if not (digits.isascii() and digits.isdecimal()):
        return None
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MAX_ID_DIGITS or int(digits) > MAX_ID:
        return None
    return int(digits)


def parse_ids(typed: Iterable[object]) -> list[int]:
    """Return the ids among what was sent, in its order."""
    return [number for number in map(parse_id, typed) if number is not None]


def sku_key(typed: object) -> str:
    """Return a SKU as scanners and people are understood: without blanks around it, in capitals."""
    return str(typed).strip().upper()


def normal_email(typed: str) -> str:
    """Return an e-mail address in the one form in which the shop stores and looks it up.

    Without blanks and signs that nobody sees (copied along from web pages and messengers), wide
    and other look-alike letters as plain ones, in small letters, and a domain in its own letters
    where it was written in those of the network ("xn--…"). It is not checked.
    """
    plain = visible_signs(visible_signs(typed).lower())  # once more: the parts may join
    local, at, domain = plain.lower().rpartition("@")
    return f"{local}{at}{_readable(domain)}"


def visible_signs(text: str) -> str:
    """Return what is seen of a text: no blanks, no signs of nothing, look-alikes as plain signs."""
    signs = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in signs if not _is_unseen(sign))


# Control and formatting signs, those of nothing, blanks; and letters that are drawn as nothing.
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
_UNSEEN_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def _is_unseen(sign: str) -> bool:
    if unicodedata.category(sign) in _UNSEEN or sign in _UNSEEN_LETTERS:
        return True
    return "VARIATION SELECTOR" in unicodedata.name(sign, "")


def _readable(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


class EmailAddressField(forms.EmailField):
    """An e-mail address, in the form in which the shop stores it and looks it up."""

    def to_python(self, value: Any) -> str:
        """Return the address in its one form, before it is checked."""
        return normal_email(str(super().to_python(value)))


MIN_YEAR, MAX_YEAR = 1900, 2200


def validate_near_date(value: date) -> None:
    """Refuse a date, or a date with a time, that no shop means.

    At the ends of what Python and PostgreSQL can hold, an hour more or less of a time zone is an
    error wherever the date is shown again.
    """
    if not MIN_YEAR <= value.year <= MAX_YEAR:
        raise ValidationError(f"Write a year from {MIN_YEAR} to {MAX_YEAR}.")
