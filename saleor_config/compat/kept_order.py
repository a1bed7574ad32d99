"""Orders that Saleor relies on: of the countries in a field, and of the virtual fields of a model.

Changed in django-countries 7.4: fields with several countries drop duplicates and sort them
unless ``multiple_unique`` and ``multiple_sort`` say otherwise; until then they kept what was given.

Saleor: ``shipping/models.py:ShippingZone.countries`` and ``discount/models.py:Voucher.countries``.
Set on the class's check, not on the fields: the two options would show in their migrations.

Changed in Django 5.0 (generated fields): ``Model(**kwargs)`` used to set virtual fields in the
order of their definition, now it sets them last, in the order of the arguments.

Saleor: its ``MoneyField`` pairs share one currency column, and setting a price to ``None`` also
empties the currency. ``ProductVariant(cost_price=Money(1, "USD"), price_override=None)`` lost its
currency, and so its cost price; ``ShippingMethod``, ``Order`` and ``GiftCard`` have such pairs too.
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


def _in_order_of_definition(cls: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return ``kwargs`` with the virtual fields last, as the model declares them."""
    virtual = [field.name for field in cls._meta.private_fields if field.name in kwargs]
    ordered = {name: value for name, value in kwargs.items() if name not in virtual}
    return {**ordered, **{name: kwargs[name] for name in virtual}}


def _sort_virtual_fields(init: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(init)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            kwargs = _in_order_of_definition(type(self), kwargs)
        init(self, *args, **kwargs)

    return wrapper


def _wrap_constructor(sender: Any, **kwargs: object) -> None:
    if is_saleor_model(sender) and len(sender._meta.private_fields) > 1:
        sender.__init__ = _sort_virtual_fields(sender.__init__)


def _listen(signals: ModuleType) -> None:
    signals.class_prepared.connect(_wrap_constructor, dispatch_uid="saleor_config.compat")


def install() -> None:
    """Keep countries as they are given, and set virtual fields as their model defines them."""
    when_imported("django_countries.fields", _keep_order)
    when_imported("django.db.models.signals", _listen)
