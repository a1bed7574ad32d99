"""Refuse a migration that locks tables for long, or that the release before cannot live with.

`make migrations-check` runs it. squawk reads the SQL of each of our migrations that came after the
ones named in pyproject.toml (`tool.migration-locks`), by the rules in .squawk.toml. A migration
that may do so all the same, as on a small table, is named there with its reason. What Python code
in a migration does is not seen: such code works in batches. Exits with 1 if a migration is refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saleor_config.settings.mypy")

import django  # noqa: E402  the settings come first

django.setup()

import dj_database_url  # noqa: E402
from django.db import Error, connection  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.migration import Migration  # noqa: E402

from local_services.postgres import MAINTENANCE  # noqa: E402
from local_services.schema import temporary_server  # noqa: E402

Name = tuple[str, str]  # app and migration
_SQUAWK = Path(sys.executable).parent / "squawk"


def new_migrations(
    loader: MigrationLoader, apps: Iterable[str], checked: dict[str, str]
) -> list[Name]:
    """Return our migrations that came after the checked ones, the latest one of each app."""
    known: set[Name] = set()
    for name in checked.items():
        known |= set(loader.graph.forwards_plan(name))
    return [name for name in sorted(loader.graph.nodes) if name[0] in apps and name not in known]


def sql_of(loader: MigrationLoader, name: Name) -> str:
    """Return the SQL of one migration.

    Raises ValueError where it drops a constraint by a name that only the tables could tell.
    """
    migration: Migration = loader.graph.nodes[name]
    lines = loader.collect_sql([(migration, False)])
    return "\n".join(["BEGIN;", *lines, "COMMIT;"] if migration.atomic else lines)


def problems(name: Name, sql: str) -> str:
    """Return what squawk says against this SQL, one line each; empty if nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{'.'.join(name)}.sql"
        path.write_text(sql + "\n")
        command = [_SQUAWK, "--config", ROOT / ".squawk.toml", "--reporter", "gcc", path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"squawk failed: {done.stderr}")
    return done.stdout.replace(f"{folder}/", "")


def refused(loader: MigrationLoader, names: Iterable[Name], accepted: dict[str, str]) -> str:
    """Return what speaks against these migrations."""
    found = ""
    for name in names:
        if ".".join(name) in accepted:
            continue
        try:
            found += problems(name, sql_of(loader, name))
        except (Error, ValueError) as error:
            found += f"{'.'.join(name)}: its SQL cannot be told, judge it yourself: {error}\n"
    return found


@contextmanager
def connected_loader() -> Iterator[MigrationLoader]:
    """Yield our migrations with a server that is empty: Django writes SQL for its version."""
    loader = MigrationLoader(None, replace_migrations=False)
    loader.connection = connection
    with temporary_server() as server:
        connection.settings_dict.update(dj_database_url.parse(server.url(MAINTENANCE)))
        try:
            yield loader
        finally:
            connection.close()


def settings() -> dict[str, dict[str, str]]:
    """Return `checked` and `accepted` of pyproject.toml."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["migration-locks"])


def main(*apps: str) -> int:
    """Print what speaks against new migrations of these apps; return 1 if anything does."""
    given, found = settings(), ""
    loader = MigrationLoader(None, replace_migrations=False)
    if names := new_migrations(loader, apps, given["checked"]):
        with connected_loader() as loader:
            found = refused(loader, names, given["accepted"])
    print(found or f"{len(names)} new migrations, none of which locks a table for long.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
