"""``django.contrib.postgres.fields.JSONField``.

Removed in Django 4.0: "``django.contrib.postgres.fields.JSONField`` is removed" (since 3.1
``models.JSONField`` serves every database); the name left behind fails the system check
``fields.E904`` in live models.

Saleor: ``account``, ``checkout``, ``menu``, ``order``, ``payment``, ``plugins``, ``shipping``,
``product`` and ``core`` models, ``core/db/fields.py``, and their migrations. Both hold the same
``jsonb`` column, so replacing the class changes no migration state.
"""

from __future__ import annotations

from types import ModuleType

from .hooks import when_imported


def _use_builtin_field(module: ModuleType) -> None:
    from django.db.models import JSONField

    module.JSONField = JSONField  # type: ignore[attr-defined]


def install() -> None:
    """Let both old import paths name ``models.JSONField``."""
    when_imported("django.contrib.postgres.fields.jsonb", _use_builtin_field)
    when_imported("django.contrib.postgres.fields", _use_builtin_field)
