"""Making the .mo files that Django reads."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo

from saleor_config.languages.catalogues import po_files, read


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
