"""The order of the countries in a ``CountryField(multiple=True)``.

Changed in django-countries 7.4: fields with several countries drop duplicates and sort them
unless ``multiple_unique`` and ``multiple_sort`` say otherwise; until then they kept what was given.

Saleor: ``shipping/models.py:ShippingZone.countries`` and ``discount/models.py:Voucher.countries``.
Set on the class's check, not on the fields: the two options would show in their migrations.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from .hooks import when_imported
from .unsaved_instances import is_saleor_model


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


def install() -> None:
    """Keep the countries of Saleor's zones and vouchers in the order in which they are given."""
    when_imported("django_countries.fields", _keep_order)
