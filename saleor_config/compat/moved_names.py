"""Names that Django dropped, given back where Saleor and packages of its time import them.

* ``django.utils.encoding.smart_text``: removed in Django 4.0, alias of ``smart_str``. Saleor:
  ``product/models.py``, ``checkout/utils.py``, ``data_feeds/google_merchant.py``.
* ``django.utils.translation.ugettext`` and kin: removed in Django 4.0, aliases of the names without
  the ``u``. Saleor uses the new names; packages written for it import the old ones.
* ``django.conf.urls.url``: removed in Django 4.0, alias of ``re_path``. Saleor: ``urls.py``,
  ``data_feeds/urls.py``.
* ``django.contrib.postgres.fields.JSONField``: removed in Django 4.0, as ``models.JSONField``
  serves every database; what is left behind fails the check ``fields.E904``. Saleor: most of its
  models and their migrations. Both hold a ``jsonb`` column, so no migration state changes.
* ``django.forms.forms.BoundField``: moved to ``django.forms.boundfield`` in Django 3.1. Saleor:
  ``account/i18n.py``.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from types import ModuleType

from .hooks import when_imported

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


def install() -> None:
    """Give each of the modules its old names back, when it is imported."""
    for module, names in _NAMES.items():
        when_imported(module, partial(_restore, names))
