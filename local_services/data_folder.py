"""Where `make run` keeps things, all under one folder (`var/`)."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What a shop is made of; `make reset` deletes these. The schema's dumps are not data and stay.
DATA_FOLDERS = (
    "postgres",
    "valkey",
    "inbox",
    "stripe_sandbox",
    "media",
    "beat",
    "secrets",
    "log",
    "metrics",
)


@dataclass(frozen=True)
class DataFolder:
    """The paths under one data folder."""

    root: Path

    def folder(self, name: str) -> Path:
        """Return one of the folders in DATA, made if need be, for our eyes only."""
        path = self.root / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def emptied_folder(self, name: str) -> Path:
        """Return one of the folders without what an earlier start left in it."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        return self.folder(name)

    @property
    def lock(self) -> Path:
        """File that a running shop holds locked."""
        return self.root / "running.lock"

    @property
    def schema_store(self) -> Path:
        """Folder of the schema's dumps."""
        return self.root / "schema"

    def log(self, name: str) -> Path:
        """Return the log file of one server."""
        return self.folder("log") / f"{name}.log"

    def secret(self, name: str) -> str:
        """Return the secret of this name, made at the first call and kept for later ones."""
        path = self.secret_file(name)
        if not path.exists():
            self.keep_secret(name, secrets.token_urlsafe(24))
        return path.read_text()

    def keep_secret(self, name: str, text: str) -> None:
        """Keep a text under this name, readable by its owner only."""
        _write_private(self.secret_file(name), text)

    def secret_file(self, name: str) -> Path:
        """Return where the secret of this name is kept."""
        return self.folder("secrets") / name


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at no moment more and at no moment in part."""
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of this file, waiting for it as long as it takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class BusyError(Exception):
    """Another process holds the lock."""


@contextmanager
def locked_now(path: Path) -> Iterator[None]:
    """Hold the lock of this file; raises BusyError when another process does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield
