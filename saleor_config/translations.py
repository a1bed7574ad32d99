"""The texts of the shop in other languages, with Babel alone: no GNU gettext is needed.

`locale/<language>/LC_MESSAGES/django.po` is what translators write and what is committed; goods
and guides have a file of their own in `product_content/data/locale`. The `.mo` beside each, which
Django reads, is made when the shop starts. `make messages` looks for texts that are new
(`extraction.py`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

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
