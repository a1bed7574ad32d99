"""The shop's own database on the embedded server: made once, then kept up to date."""

from __future__ import annotations

import json
from collections.abc import Callable

from psycopg import sql

from saleor_config.embedded import dumps, schema
from saleor_config.embedded.databases import MAINTENANCE, Address, connect, run_sql
from saleor_config.embedded.messages import Progress, say
from saleor_config.embedded.places import Places

NAME = "stillwater"
_UNFINISHED = "stillwater_unfinished"


def bring_up_to_date(server: Address, places: Places) -> None:
    """Make the database, or run the migrations that have come since the last start."""
    wanted = dumps.key(schema.wanted_files())
    if not _exists(server):
        _make(server, places)
    elif noted(server, "schema") != wanted:
        say("Updating the database …")
        schema.migrate(server.url(NAME))
    note(server, "schema", wanted)


def _make(server: Address, places: Places) -> None:
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
    if noted(server, name) != state:
        action()
        note(server, name, state)


def noted(server: Address, name: str) -> str | None:
    """Return what was noted under this name."""
    value = _notes(server).get(name)
    return None if value is None else str(value)


def note(server: Address, name: str, value: str) -> None:
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
