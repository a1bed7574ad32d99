"""What the values of settings may be: each rule returns the mend in words, "" if nothing is wrong.

Read before Django is set up, so nothing here needs settings or a translation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries.data import COUNTRIES

MAX_SHOP_NAME: Final = 35  # characters of a label's line, as for each sender
LABEL_CARRIERS = ("sendcloud", "local")
MAX_KEEP_YEARS: Final = 30
_ADDRESS_SIGNS = re.compile(r"[!#-&(-+\--:=?-~]+")  # what cannot end a word of the content policy
_NAME_SIGNS = frozenset("-'’.,&/() ")


def name_fault(name: str) -> str:
    """Return what is wrong with a shop's name, "" for nothing. It stands on labels as a sender.

    The same rule as `plugins.discreet_shipping.choices.clean_line`; a test compares them.
    """
    if len(name) > MAX_SHOP_NAME:
        return f"has {len(name)} characters; a label has room for {MAX_SHOP_NAME}."
    if name != name.strip() or not all(map(_can_be_printed, unicodedata.normalize("NFC", name))):
        return "must be Latin letters, digits and simple punctuation: labels have no other signs."
    return ""


def _can_be_printed(character: str) -> bool:
    if character in _NAME_SIGNS:
        return True
    is_letter = unicodedata.category(character)[0] in "LN"
    return is_letter and unicodedata.name(character, "").startswith(("LATIN", "DIGIT"))


def currencies() -> frozenset[str]:
    """Return the codes of all currencies that are legal tender today, from Unicode's CLDR."""
    rows = (row for found in get_global("territory_currencies").values() for row in found)
    return frozenset(code for code, _begin, end, tender in rows if tender and end is None)


def _currency_fault(code: str) -> str:
    if code in currencies():
        return ""
    if code.upper() in currencies():
        return f"must be in capital letters: {code.upper()}."
    return f"{code} is no currency in use. Write its code of ISO 4217, such as GBP, USD or JPY."


def country_fault(code: str) -> str:
    """Return what is wrong with the code of a country, "" for nothing."""
    if code in COUNTRIES:
        return ""
    if code.upper() in COUNTRIES:
        return f"must be in capital letters: {code.upper()}."
    return f"{code} is no country. Write its two letters of ISO 3166, such as GB, US or JP."


def _zone_fault(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{name} is no time zone. Write its name, such as Europe/Madrid or Asia/Tokyo."
    return ""


def _sender_fault(sender: str) -> str:
    _name, address = parseaddr(sender)
    if "\n" in sender or _address_fault(address):
        return "must be one address, such as Stillwater <hello@stillwater.example>."
    return ""


def _address_fault(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return f"{address} is no e-mail address."
    return ""


def _addresses_fault(addresses: list[str]) -> str:
    return next(filter(None, map(_address_fault, addresses)), "")


def _years_fault(years: int) -> str:
    return "" if 1 <= years <= MAX_KEEP_YEARS else f"must be from 1 to {MAX_KEEP_YEARS}."


def _exit_fault(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or not _ADDRESS_SIGNS.fullmatch(url):
        return "must be an address of https such as https://www.aemet.es/."
    return ""


def _carrier_fault(name: str) -> str:
    return "" if name in LABEL_CARRIERS else f"must be one of {', '.join(LABEL_CARRIERS)}."


FAULTS: Mapping[str, Callable[[Any], str]] = {
    "SHOP_NAME": name_fault,
    "LABEL_CARRIER": _carrier_fault,
    "DEFAULT_CURRENCY": _currency_fault,
    "DEFAULT_COUNTRY": country_fault,
    "TIME_ZONE": _zone_fault,
    "DEFAULT_FROM_EMAIL": _sender_fault,
    "STAFF_EMAILS": _addresses_fault,
    "ORDER_KEEP_YEARS": _years_fault,
    "QUICK_EXIT_URL": _exit_fault,
}
