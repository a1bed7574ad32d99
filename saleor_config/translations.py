"""The texts of the shop in other languages, with Babel alone: no GNU gettext is needed.

`locale/<language>/LC_MESSAGES/django.po` is what translators write and what is committed; goods
and guides have a file of their own in `product_content/data/locale`. The `.mo` beside each, which
Django reads, is made when the shop starts. `make messages` finds the texts that are marked for
translation and brings the catalogues up to date.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

_WIDTH = 98  # of a line in the file; as the code's
# Babel's own header has the time of each run in it, so that every diff would touch it.
_HEADER = """\
# Texts of the shop in {name}. How to write them: docs/adr/0010-languages.md.
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def po_files() -> list[Path]:
    """Return the catalogues of every language but the one the texts are written in."""
    folders = map(Path, settings.LOCALE_PATHS)
    return sorted(po for folder in folders for po in folder.glob("*/LC_MESSAGES/django.po"))


def language_of(path: Path) -> str:
    """Return the language of a catalogue: the name of its folder."""
    return path.parents[1].name


def read(path: Path) -> Catalog:
    """Return a catalogue; raises babel.messages.pofile.PoFileError with the line that is wrong."""
    with path.open("rb") as file:
        return read_po(file, locale=language_of(path), abort_invalid=True)


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue in a stable order and without line numbers, so that diffs say little."""
    code = language_of(path)
    name = dict(settings.LANGUAGES).get(code, code)
    header = _HEADER.format(name=name, code=code, plurals=catalog.plural_forms)
    with path.open("wb") as file:
        file.write(header.encode())
        write_po(
            file, catalog, width=_WIDTH, sort_by_file=True, include_lineno=False,
            ignore_obsolete=True, omit_header=True,
        )  # fmt: skip


def compile_stale() -> None:
    """Compile each catalogue that is newer than its .mo; at most a look at the clock, mostly.

    Called at the start of every process, so that tests, `make run` and the image's build all
    have the texts. Several may start at once: each file is replaced as a whole.
    """
    for po in po_files():
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            _compile(po, mo)


def _compile(po: Path, mo: Path) -> None:
    catalog = read(po)
    handle, name = tempfile.mkstemp(dir=mo.parent)
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalog)
    Path(name).chmod(0o644)
    Path(name).replace(mo)


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
    from product_content.catalogue.files import customers_texts

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
    from product_content.catalogue.loading import DATA

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
