"""Bringing the catalogues up to date with the texts in the code."""

from __future__ import annotations

from babel.messages.catalog import Catalog

from saleor_config.languages.catalogues import language_of, po_files, read, write
from saleor_config.languages.extracting import find_texts


def update_catalogues() -> dict[str, list[str]]:
    """Add new texts to each catalogue, drop those that are gone.

    Returns, for each language, the texts that have no translation yet.
    """
    texts, missing = find_texts(), {}
    for path in po_files():
        catalog = read(path)
        catalog.update(texts, no_fuzzy_matching=True, update_header_comment=False)
        write(path, catalog)
        missing[language_of(path)] = untranslated(catalog)
    return missing


def untranslated(catalog: Catalog) -> list[str]:
    """Return the texts of a catalogue that have no translation, or only a doubtful one."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and (message.fuzzy or not _is_whole(message.string))
    ]


def _is_whole(translation: object) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)
