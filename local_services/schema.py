"""The schema in seconds: restore the nearest dump or make it, then run what migrations it lacks.

As a program it runs what migrations the database lacks.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from local_services import dumps
from local_services.data_folder import locked
from local_services.dumps import Files
from local_services.postgres import PostgresError

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
        dump = dumps.nearest(store, wanted)
        if dump:
            dumps.restore(dump, url)
        done = dump.files if dump else {}
        if done == wanted:
            return
        steps = count(1)
        tell = _teller(progress, len(wanted) - len(done))
        (migrate if dump else make)(url, lambda: tell(next(steps)))
        dumps.save(store, wanted, url)


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
