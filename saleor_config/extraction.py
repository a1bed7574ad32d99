"""Finding the texts that are marked for translation, and bringing the catalogues up to date."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

from product_content.catalogue.files import customers_texts
from product_content.catalogue.loading import DATA
from saleor_config.translations import language_of, po_files, read, write

FOLDERS = ("dashboard", "plugins", "product_content", "saleor_config", "storefront")
_TEMPLATES = {".html", ".txt", ".xml"}
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext_lazy": ((1, "c"), 2),
}


def find_texts() -> Catalog:
    """Return every text of our own packages that is marked, and the files it stands in."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in _files():
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for line, text, comments, context in extract(
            "python", BytesIO(_as_python(path)), KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def find_goods() -> Catalog:
    """Return every text of the catalogue's files that customers read."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for name, text in customers_texts():
        catalog.add(text, locations=[(name.replace(" ", ":"), 0)])
    return catalog


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*")):
            if path.suffix == ".py" or (path.suffix in _TEMPLATES and "templates" in path.parts):
                yield path


def _as_python(path: Path) -> bytes:
    """Return a file as Babel reads it; Django turns templates into something like Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines)
    return text.encode()


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
