"""django-phonenumber-field's two-part widget.

Changed in django-phonenumber-field 7.0: ``PhoneNumberPrefixWidget`` became the widget of
``SplitPhoneNumberField``; it hands over the list of its parts, ``[None, None]`` when there are
none, instead of one string, and splits a number into region and rest instead of prefix and rest.

Saleor: ``account/widgets.py:PhonePrefixWidget`` extends it and takes the plain ``phone`` value
when the parts are empty. As the new list never is, every address form was refused with "The phone
number entered is not valid", with or without a number.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .hooks import when_imported


def _split_prefix(self: Any, value: Any) -> list[str | None]:
    from phonenumber_field.phonenumber import PhoneNumber
    from phonenumbers import national_significant_number

    if isinstance(value, PhoneNumber):
        if value.country_code and value.national_number:
            return [f"+{value.country_code}", national_significant_number(value)]
        return [None, ""]
    return value.split(".") if value else [None, ""]


def _value_from_datadict(self: Any, data: Any, files: Any, name: str) -> Any:
    """Return "prefix.rest", or the value given under the field's own name."""
    from django.forms import MultiWidget

    parts = MultiWidget.value_from_datadict(self, data, files, name)
    if all(parts):
        return ".".join(parts)
    return data.get(name, "")


def _give_one_string(widgets: ModuleType) -> None:
    widgets.PhonePrefixWidget.decompress = _split_prefix
    widgets.PhonePrefixWidget.value_from_datadict = _value_from_datadict


def install() -> None:
    """Let Saleor's address forms read a phone number again."""
    when_imported("saleor.account.widgets", _give_one_string)
