"""``django.utils.encoding.smart_text``.

Removed in Django 4.0: "``django.utils.encoding.force_text()`` and ``smart_text()`` are removed"
(aliases of ``force_str`` and ``smart_str`` since Python 2 was dropped).

Saleor: ``product/models.py``, ``checkout/utils.py`` and ``data_feeds/google_merchant.py`` import
``smart_text``.
"""

from __future__ import annotations

from types import ModuleType

from .hooks import when_imported


def _restore_alias(encoding: ModuleType) -> None:
    encoding.smart_text = encoding.smart_str  # type: ignore[attr-defined]


def install() -> None:
    """Give ``django.utils.encoding`` its old name back."""
    when_imported("django.utils.encoding", _restore_alias)
