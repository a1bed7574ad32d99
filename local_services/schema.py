"""The schema in seconds: restore the nearest dump or make it, then run what migrations it lacks.

A dump is a plain SQL file named by the hash of the migrations that made it, beside a JSON file
that lists them. It fits when all of them are still wanted unchanged; only the rest is run. A
temporary PostgreSQL, which lives as long as one program run, has the schema ready to be copied.
As a program it runs what migrations the database lacks.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from local_services import postgres
from local_services.data_folder import locked
from local_services.postgres import Address, Databases, PostgresError, run_sql
from local_services.processes import Watchdog

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
    _run_program("psql", *options, f"--file={dump.path}", url)


def save(store: Path, files: Files, url: str) -> None:
    """Keep the database at the address as the dump of these migrations; drop the oldest."""
    store.mkdir(parents=True, exist_ok=True)
    path = store / f"{key(files)}.sql"
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    _run_program("pg_dump", "--no-owner", "--no-privileges", f"--file={unfinished}", url)
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


def _run_program(name: str, *arguments: str) -> None:
    command = [postgres.program(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise postgres.PostgresError(f"{name} failed: {done.stderr.strip()}")


ROOT = Path(__file__).resolve().parents[1]
Progress = Callable[[int, int], None]  # takes: migrations done so far, migrations to do

_SETTINGS = "saleor_config.settings.local"


def wanted_files() -> Files:
    """Return the migrations of all installed apps."""
    from saleor_config.settings import local

    return migration_files(local.INSTALLED_APPS)


def fill(url: str, store: Path, *, progress: Progress | None = None) -> None:
    """Bring the empty database at the address to the schema of the installed apps.

    Whoever wants the same schema meanwhile waits, then restores the dump that this leaves in the
    store. Raises PostgresError when a migration fails.
    """
    with locked(store / "lock"):
        wanted = wanted_files()
        dump = nearest(store, wanted)
        if dump:
            restore(dump, url)
        done = dump.files if dump else {}
        if done == wanted:
            return
        steps = count(1)
        tell = _teller(progress, len(wanted) - len(done))
        (migrate if dump else make)(url, lambda: tell(next(steps)))
        save(store, wanted, url)


def _teller(progress: Progress | None, total: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if progress:
            progress(done, total)

    return tell


def make(url: str, on_step: Callable[[], None] | None = None) -> None:
    """Give an empty database the whole schema; `on_step` is called for each migration.

    Raises PostgresError.
    """
    _run(["-m", "local_services.quick_schema"], url, on_step)


def migrate(url: str, on_step: Callable[[], None] | None = None) -> None:
    """Run the missing migrations; `on_step` is called after each. Raises PostgresError."""
    _run(["-m", "local_services.schema"], url, on_step)


def _run(command: list[str], url: str, on_step: Callable[[], None] | None) -> None:
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": _SETTINGS}
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            output = list(_watched(process.stdout or (), on_step))
        except BaseException:  # told to end: it must not go on without us
            process.terminate()
            raise
    if process.returncode:
        raise PostgresError("A migration failed:\n" + "".join(output[-30:]))


def _watched(lines: Iterable[str], on_step: Callable[[], None] | None) -> Iterator[str]:
    for line in lines:
        yield line
        if on_step and line.rstrip().endswith("... OK"):
            on_step()


def migration_files(apps: Iterable[str]) -> Files:
    """Return every migration of these apps with the hash of its text, without starting Django."""
    found: Files = {}
    for app in (each.partition(".apps.")[0] for each in apps):
        for path in sorted(_folder(app).glob("migrations/[0-9]*.py")):
            found[f"{app}/{path.stem}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _folder(app: str) -> Path:
    package, *inner = app.split(".")
    spec = find_spec(package)  # of the top package only: of an inner one it would import it
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"The app {app} is not installed.")
    return Path(spec.submodule_search_locations[0], *inner)


def run_missing_migrations() -> None:
    """Do what `manage.py migrate` does, on the default database of Django, which is set up here.

    Garbage is left lying: to look for it among the models of 500 states took a third of the time.
    """
    import django
    from django.core.management import call_command

    gc.disable()
    django.setup()
    # without checks: they look at the whole project, and the web server runs them anyway
    call_command("migrate", interactive=False, skip_checks=True, no_color=True)


if __name__ == "__main__":
    run_missing_migrations()


# Its statistics would come at any moment: just after a test, whose rows are gone, they say that all
# tables are empty, and the next test's joins take minutes. Whoever loads much runs ANALYZE.
_OPTIONS = postgres.NOT_DURABLE | {"autovacuum": "off"}
_BESIDE = "password.txt"  # the file beside the data of a kept cluster


Prepare = Callable[[Path], str]  # makes a cluster in this new folder, returns its password


def new_cluster(data: Path) -> str:
    """Make an empty cluster."""
    password = postgres.new_password()
    postgres.prepare(data, password)
    return password


@contextmanager
def temporary_server(
    prepare: Prepare = new_cluster, *, beneath: Path | None = None
) -> Iterator[Address]:
    """Start a server of our own, gone without trace afterwards, even after kill -9.

    It lives `beneath` a folder, which is the system's own for temporary files if none is given.
    """
    watchdog = Watchdog()
    with tempfile.TemporaryDirectory(prefix="stillwater-", dir=beneath) as folder:
        watchdog.remove(Path(folder))
        Path(folder).chmod(0o711)  # PostgreSQL may run as another user, and its data is its own
        try:
            with _serving(Path(folder), prepare, watchdog) as address:
                yield address
        finally:
            watchdog.release()


@contextmanager
def _serving(folder: Path, prepare: Prepare, watchdog: Watchdog) -> Iterator[Address]:
    data, log = folder / "data", folder / "postgres.log"
    server = postgres.start(data, prepare(data), log=log, options=_OPTIONS, watchdog=watchdog)
    try:
        yield server.address
    finally:
        postgres.stop(server)
        watchdog.forget(server.process.pid)


def kept_cluster(store: Path, key: str, fill: Callable[[Address], None]) -> Prepare:
    """Return what copies the cluster that the store keeps under this key.

    `fill` fills it the first time. The store keeps one: another key takes its place.
    """

    def copy_kept(data: Path) -> str:
        with locked(store / "lock"):  # nobody may replace it while it is copied
            kept = store / key
            if not kept.exists():
                _keep(kept, fill)
            # cp keeps the owner, who is not root, and copies by reference where the disk can.
            subprocess.run(["cp", "-a", str(kept / "data"), str(data)], check=True)
            return (kept / _BESIDE).read_text()

    return copy_kept


def _keep(kept: Path, fill: Callable[[Address], None]) -> None:
    for old in kept.parent.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    unfinished = kept.with_name("unfinished")  # so that a kill -9 leaves no half of it
    unfinished.mkdir()
    watchdog, password = Watchdog(), new_cluster(unfinished / "data")
    try:
        with _serving(unfinished, lambda _: password, watchdog) as address:
            fill(address)
    finally:
        watchdog.release()
    secret = unfinished / _BESIDE
    secret.touch(mode=0o600)
    secret.write_text(password)
    unfinished.rename(kept)


@contextmanager
def temporary_database(address: Databases, name: str) -> Iterator[None]:
    """Make an empty database and drop it at the end, with whoever still uses it."""
    run_sql(address, "CREATE DATABASE {}", name)
    try:
        yield
    finally:
        drop(address, name)


@contextmanager
def template(address: Databases, name: str, store: Path) -> Iterator[None]:
    """Make a database with the schema of the installed apps, for `copy`."""
    with temporary_database(address, name):
        fill(address.url(name), store)
        yield


def copy(address: Databases, source: str, name: str) -> None:
    """Make the database `name` anew as a copy of another, ending its connections if any."""
    drop(address, name)
    run_sql(address, "CREATE DATABASE {} TEMPLATE {}", name, source)


def drop(address: Databases, name: str) -> None:
    """Drop the database if it exists, ending the connections of whoever still uses it."""
    run_sql(address, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
