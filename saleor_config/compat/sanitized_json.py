"""``Field.get_db_prep_save()`` with an expression.

Changed in Django 4.2: ``Model.save()`` and ``bulk_update()`` ask the field to prepare expressions
too (``Field.get_db_prep_save()`` returns those unchanged), so an override must let them pass.

Saleor: ``core/db/fields.py:SanitizedJSONField`` (content of products, pages, categories and
collections) would clean, and fail on, the ``CASE`` of a ``bulk_update()``. What is inside the
expression is still cleaned: each value passes through the field by itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import when_imported


def _let_expressions_pass(prepare: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(prepare)
    def wrapper(self: Any, value: Any, connection: Any) -> Any:
        if hasattr(value, "as_sql"):
            return value
        return prepare(self, value, connection)

    return wrapper


def _patch_field(fields: ModuleType) -> None:
    field = fields.SanitizedJSONField
    field.get_db_prep_save = _let_expressions_pass(field.get_db_prep_save)


def install() -> None:
    """Let ``bulk_update()`` write Saleor's cleaned JSON fields."""
    when_imported("saleor.core.db.fields", _patch_field)
