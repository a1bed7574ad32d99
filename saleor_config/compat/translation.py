"""``ugettext``, ``ugettext_lazy``, ``ugettext_noop``, ``ungettext`` and ``ungettext_lazy``.

Removed in Django 4.0: "``django.utils.translation.ugettext()``, ``ugettext_lazy()``,
``ugettext_noop()``, ``ungettext()``, and ``ungettext_lazy()`` are removed" (aliases of the names
without the ``u``).

Saleor's own modules use the new names; packages of its time (and plugins written for it) import
the old ones.
"""

from __future__ import annotations

from types import ModuleType

from .hooks import when_imported

_NEW_NAMES = {
    "ugettext": "gettext",
    "ugettext_lazy": "gettext_lazy",
    "ugettext_noop": "gettext_noop",
    "ungettext": "ngettext",
    "ungettext_lazy": "ngettext_lazy",
}


def _restore_aliases(translation: ModuleType) -> None:
    for old, new in _NEW_NAMES.items():
        setattr(translation, old, getattr(translation, new))


def install() -> None:
    """Give ``django.utils.translation`` its old names back."""
    when_imported("django.utils.translation", _restore_aliases)
