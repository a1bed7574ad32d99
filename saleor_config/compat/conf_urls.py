"""``django.conf.urls.url``.

Removed in Django 4.0: "``django.conf.urls.url()`` is removed" (an alias of ``re_path``).

Saleor: ``urls.py`` and ``data_feeds/urls.py`` import it.
"""

from __future__ import annotations

from types import ModuleType

from .hooks import when_imported


def _restore_url(urls: ModuleType) -> None:
    from django.urls import re_path

    urls.url = re_path  # type: ignore[attr-defined]


def install() -> None:
    """Give ``django.conf.urls`` its ``url`` back."""
    when_imported("django.conf.urls", _restore_url)
