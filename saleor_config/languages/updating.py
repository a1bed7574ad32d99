"""Bringing the catalogues up to date with the texts in the code."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog

from product_content.services.catalogue.load import DATA
from saleor_config.languages.catalogues import language_of, po_files, read, write
from saleor_config.languages.extracting import find_goods, find_texts


def update_catalogues() -> dict[str, list[str]]:
    """Add new texts to each catalogue, drop those that are gone.

    Returns, for each language, the texts that have no translation yet.
    """
    missing: dict[str, list[str]] = {}
    for path in po_files():
        catalog = updated(path)
        write(path, catalog)
        missing.setdefault(language_of(path), []).extend(untranslated(catalog))
    return missing


def updated(path: Path) -> Catalog:
    """Return a catalogue with the texts of today, whether or not they are translated."""
    catalog = read(path)
    texts = find_goods() if path.is_relative_to(DATA) else find_texts()
    catalog.update(texts, no_fuzzy_matching=True, update_header_comment=False)
    return catalog


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts of a catalogue that have no translation, or only a doubtful one."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and (message.fuzzy or not _is_whole(message.string))
    ]


def _is_whole(translation: object) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)
