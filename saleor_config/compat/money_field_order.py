"""The order in which a model's virtual fields are set by its constructor.

Changed in Django 5.0 (generated fields): ``Model(**kwargs)`` used to set virtual fields in the
order of their definition, now it sets them last, in the order of the arguments.

Saleor: its ``MoneyField`` pairs share one currency column, and setting a price to ``None`` also
empties the currency. ``ProductVariant(cost_price=Money(1, "USD"), price_override=None)`` lost its
currency, and so its cost price; ``ShippingMethod``, ``Order`` and ``GiftCard`` have such pairs too.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported
from .unsaved_instances import is_saleor_model


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
    """Set the virtual fields of Saleor's models in the order of their definition."""
    when_imported("django.db.models.signals", _listen)
