"""Kept dumps of the schema: which there are, and the nearest to what is wanted now.

A dump is a plain SQL file named by the hash of the migrations that made it, beside a JSON file
that lists them. It fits when all of them are still wanted unchanged; only the rest is run.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local_services import postgres

Files = dict[str, str]  # migrations: "app/0001_initial" → SHA-256 of the file

_MAX_DUMPS = 6  # dumps in the store; 300 KB each


@dataclass(frozen=True)
class Dump:
    """One kept dump: its SQL file and the migrations in it."""

    path: Path
    files: Files


def key(files: Files) -> str:
    """Return a short name for this set of migrations on this PostgreSQL."""
    text = json.dumps([postgres.version(), sorted(files.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def all_dumps(store: Path) -> Iterable[Dump]:
    """Yield the dumps of this PostgreSQL version that the store keeps."""
    for listing in store.glob("*.json"):
        content = json.loads(listing.read_text())
        if content["postgres"] == postgres.version():
            yield Dump(listing.with_suffix(".sql"), content["files"])


def nearest(store: Path, wanted: Files) -> Dump | None:
    """Return the dump with most of the wanted migrations and no other, if there is one."""
    fitting = [dump for dump in all_dumps(store) if dump.files.items() <= wanted.items()]
    return max(fitting, key=lambda dump: len(dump.files), default=None)


def restore(dump: Dump, url: str) -> None:
    """Fill the empty database at the address from the dump."""
    options = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run("psql", *options, f"--file={dump.path}", url)


def save(store: Path, files: Files, url: str) -> None:
    """Keep the database at the address as the dump of these migrations; drop the oldest."""
    store.mkdir(parents=True, exist_ok=True)
    path = store / f"{key(files)}.sql"
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    _run("pg_dump", "--no-owner", "--no-privileges", f"--file={unfinished}", url)
    unfinished.rename(path)
    listing = {"postgres": postgres.version(), "files": files}
    unfinished.write_text(json.dumps(listing))
    unfinished.rename(path.with_suffix(".json"))  # last: a dump counts once it is listed
    _prune(store)


def _prune(store: Path) -> None:
    """Keep the newest."""
    dumps = sorted(all_dumps(store), key=lambda dump: dump.path.stat().st_mtime)
    for dump in dumps[:-_MAX_DUMPS]:
        dump.path.with_suffix(".json").unlink(missing_ok=True)
        dump.path.unlink(missing_ok=True)


def _run(name: str, *arguments: str) -> None:
    command = [postgres.program(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise postgres.PostgresError(f"{name} failed: {done.stderr.strip()}")
