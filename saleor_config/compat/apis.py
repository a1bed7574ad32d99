"""What else Django and two packages of fields changed since Saleor 2.10.1 was written."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

from .hooks import when_imported
from .models import is_saleor_model

# By the module: the old name, and where the same thing is today (None: in the module itself).
_NAMES: dict[str, tuple[tuple[str, str | None, str], ...]] = {
    "django.utils.encoding": (("smart_text", None, "smart_str"),),
    "django.utils.translation": (
        ("ugettext", None, "gettext"),
        ("ugettext_lazy", None, "gettext_lazy"),
        ("ugettext_noop", None, "gettext_noop"),
        ("ungettext", None, "ngettext"),
        ("ungettext_lazy", None, "ngettext_lazy"),
    ),
    "django.conf.urls": (("url", "django.urls", "re_path"),),
    "django.contrib.postgres.fields.jsonb": (("JSONField", "django.db.models", "JSONField"),),
    "django.contrib.postgres.fields": (("JSONField", "django.db.models", "JSONField"),),
    "django.forms.forms": (("BoundField", "django.forms.boundfield", "BoundField"),),
}


def _restore(names: tuple[tuple[str, str | None, str], ...], module: ModuleType) -> None:
    for old, place, new in names:
        setattr(module, old, getattr(import_module(place) if place else module, new))


def restore_names() -> None:
    """Give each of the modules its old names back, when it is imported.

    * ``django.utils.encoding.smart_text``: removed in Django 4.0, alias of ``smart_str``. Saleor:
      ``product/models.py``, ``checkout/utils.py``, ``data_feeds/google_merchant.py``.
    * ``django.utils.translation.ugettext`` and kin: removed in Django 4.0, aliases of the names
      without the ``u``. Saleor uses the new names; packages written for it import the old ones.
    * ``django.conf.urls.url``: removed in Django 4.0, alias of ``re_path``. Saleor: ``urls.py``,
      ``data_feeds/urls.py``.
    * ``django.contrib.postgres.fields.JSONField``: removed in Django 4.0, as ``models.JSONField``
      serves every database; what is left behind fails the check ``fields.E904``. Saleor: most of
      its models and their migrations. Both hold a ``jsonb`` column, so no migration state changes.
    * ``django.forms.forms.BoundField``: moved to ``django.forms.boundfield`` in Django 3.1. Saleor:
      ``account/i18n.py``.
    """
    for module, names in _NAMES.items():
        when_imported(module, partial(_restore, names))


def _wrap_bytes(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def wrapper(self: Any, stream: Any, limit: int) -> None:
        init(self, io.BytesIO(stream) if isinstance(stream, bytes) else stream, limit)

    return wrapper


def _accept_bytes(wsgi: ModuleType) -> None:
    init = wsgi.LimitedStream.__init__
    if not hasattr(init, "__wrapped__"):
        wsgi.LimitedStream.__init__ = _wrap_bytes(init)


def accept_bytes_as_input() -> None:
    """Let a WSGI request's body be given as bytes.

    Changed in Django 4.2 (``LimitedStream`` became an ``io.RawIOBase`` that takes
    ``stream.read`` at once): until then the stream was not touched before somebody read the
    body.

    Saleor: ``wsgi/__init__.py`` warms the application up with ``"wsgi.input": b""``, so without
    this ``saleor.wsgi`` cannot be imported.
    """
    when_imported("django.core.handlers.wsgi", _accept_bytes)


def _codes(value: Any) -> list[Any]:
    """Split what a column, a form or code gives: "PL,US", one country or several."""
    if isinstance(value, str):
        return value.split(",")
    return list(value) if isinstance(value, Iterable) else [value]


def _in_given_order(get_clean_value: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(get_clean_value)
    def wrapper(self: Any, value: Any) -> Any:
        if value is not None and self.multiple and is_saleor_model(self.model):
            return [code for code in map(self.country_to_text, _codes(value)) if code]
        return get_clean_value(self, value)

    return wrapper


def _keep_order(fields: ModuleType) -> None:
    fields.CountryField.get_clean_value = _in_given_order(fields.CountryField.get_clean_value)


def keep_order_of_countries() -> None:
    """Keep countries as they are given.

    Changed in django-countries 7.4: fields with several countries drop duplicates and sort them
    unless ``multiple_unique`` and ``multiple_sort`` say otherwise; until then they kept what
    was given.

    Saleor: ``shipping/models.py:ShippingZone.countries`` and
    ``discount/models.py:Voucher.countries``. Set on the class's check, not on the fields: the
    two options would show in their migrations.
    """
    when_imported("django_countries.fields", _keep_order)


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


def join_phone_numbers() -> None:
    """Let Saleor's address forms read a phone number again.

    Changed in django-phonenumber-field 7.0: ``PhoneNumberPrefixWidget`` became the widget of
    ``SplitPhoneNumberField``; it hands over the list of its parts, ``[None, None]`` when there
    are none, instead of one string, and splits a number into region and rest instead of prefix
    and rest.

    Saleor: ``account/widgets.py:PhonePrefixWidget`` extends it and takes the plain ``phone``
    value when the parts are empty. As the new list never is, every address form was refused
    with "The phone number entered is not valid", with or without a number.
    """
    when_imported("saleor.account.widgets", _give_one_string)
