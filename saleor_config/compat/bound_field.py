"""``django.forms.forms.BoundField``.

Gone from Django 3.1's ``forms/forms.py``, where it had only been imported "for backwards
compatibility"; it lives in ``django.forms.boundfield``.

Saleor: ``account/i18n.py`` imports it from ``django.forms.forms``.
"""

from __future__ import annotations

from types import ModuleType

from .hooks import when_imported


def _restore_name(forms: ModuleType) -> None:
    from django.forms.boundfield import BoundField

    forms.BoundField = BoundField  # type: ignore[attr-defined]


def install() -> None:
    """Let ``django.forms.forms`` name ``BoundField`` again."""
    when_imported("django.forms.forms", _restore_name)
