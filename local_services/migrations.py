"""Which migrations the installed apps bring, without starting Django."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

Files = dict[str, str]  # "app/0001_initial" → SHA-256 of the file


def migration_files(apps: Iterable[str]) -> Files:
    """Return every migration of these apps with the hash of its text."""
    found: Files = {}
    for app in apps:
        for path in sorted(_folder(app).glob("migrations/[0-9]*.py")):
            found[f"{app}/{path.stem}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _folder(app: str) -> Path:
    package, *inner = app.split(".")
    spec = find_spec(package)  # of the top package only: of an inner one it would import it
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"The app {app} is not installed.")
    return Path(spec.submodule_search_locations[0], *inner)
