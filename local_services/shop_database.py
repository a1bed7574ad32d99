"""The shop's own database: made once, kept up to date, filled with catalogue and staff."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from psycopg import sql

from local_services import schema
from local_services.data_folder import DataFolder
from local_services.messages import CannotRunError, Progress, say
from local_services.postgres import MAINTENANCE, Address, connect, run_sql
from local_services.schema import ROOT

NAME = "stillwater"
_UNFINISHED = "stillwater_unfinished"


def bring_up_to_date(server: Address, places: DataFolder) -> None:
    """Make the database, or run the migrations that have come since the last start."""
    wanted = schema.key(schema.wanted_files())
    if not _exists(server):
        _make(server, places)
    elif get_note(server, "schema") != wanted:
        say("Updating the database …")
        schema.migrate(server.url(NAME))
    set_note(server, "schema", wanted)


def _make(server: Address, places: DataFolder) -> None:
    # Under another name until it is whole: kill -9 leaves nothing that looks finished.
    run_sql(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", _UNFINISHED)
    run_sql(server, "CREATE DATABASE {}", _UNFINISHED)
    progress = Progress("Preparing the database, step")
    schema.fill(server.url(_UNFINISHED), places.schema_store, progress=progress)
    run_sql(server, "ALTER DATABASE {} RENAME TO {}", _UNFINISHED, NAME)


def _exists(server: Address) -> bool:
    with connect(server, MAINTENANCE) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return connection.execute(query, [NAME]).fetchone() is not None


def once(server: Address, name: str, state: str, action: Callable[[], None]) -> None:
    """Do what leads to this state, unless the database notes that it was done."""
    if get_note(server, name) != state:
        action()
        set_note(server, name, state)


def get_note(server: Address, name: str) -> str | None:
    """Return what was noted under this name."""
    value = _notes(server).get(name)
    return None if value is None else str(value)


def set_note(server: Address, name: str, value: str) -> None:
    """Keep a note with the database itself, as its comment, so that it goes when it goes."""
    text = json.dumps(_notes(server) | {name: value})
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
    with connect(server, MAINTENANCE) as connection:
        connection.execute(statement.format(sql.Identifier(NAME), sql.Literal(text)))


def _notes(server: Address) -> dict[str, str]:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with connect(server, MAINTENANCE) as connection:
        row = connection.execute(query, [NAME]).fetchone()
    return json.loads(str(row[0])) if row and row[0] else {}


STAFF_EMAIL = "staff@stillwater.example"
_SOURCES = (
    "product_content/data",
    "product_content/management",
    "product_content/services",
    "plugins/discreet_shipping/data",
)


def contents_hash() -> str:
    """Return a short name for the catalogue's files as they are now."""
    return hash_of(_SOURCES, STAFF_EMAIL)


def hash_of(sources: Iterable[str], also: str = "") -> str:
    """Return a short name for what these files and folders of the repository hold."""
    digest = hashlib.sha256(also.encode())
    for path in sorted(path for source in sources for path in _files(ROOT / source)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _files(source: Path) -> list[Path]:
    found = [source, *source.rglob("*")]
    return [path for path in found if path.is_file() and path.suffix != ".pyc"]


def load_contents(environment: Mapping[str, str], password_file: Path) -> None:
    """Load the catalogue and make sure that staff can log in. Raises CannotRunError."""
    command = [sys.executable, "manage.py", "prepare_shop", STAFF_EMAIL, str(password_file)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRunError(f"The catalogue could not be loaded:\n{done.stdout}{done.stderr}")
