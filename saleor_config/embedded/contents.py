"""What a prepared database is filled with: the catalogue and the first member of staff."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from saleor_config.embedded.messages import CannotRunError
from saleor_config.embedded.schema import ROOT

STAFF_EMAIL = "staff@stillwater.example"
_SOURCES = (
    "product_content/data",
    "product_content/management",
    "product_content/services",
    "plugins/discreet_shipping/data",
)


def state() -> str:
    """Return a short name for the catalogue's files as they are now."""
    digest = hashlib.sha256(STAFF_EMAIL.encode())
    for path in sorted(path for source in _SOURCES for path in _files(ROOT / source)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]


def fill(environment: Mapping[str, str], password_file: Path) -> None:
    """Load the catalogue and make sure that staff can log in. Raises CannotRunError."""
    command = [sys.executable, "manage.py", "prepare_shop", STAFF_EMAIL, str(password_file)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRunError(f"The catalogue could not be loaded:\n{done.stdout}{done.stderr}")
