"""What can be done with the shop that runs in this folder, from another terminal."""

from __future__ import annotations

import json
import subprocess
import sys

from saleor_config.embedded import postgres, processes
from saleor_config.embedded.contents import STAFF_EMAIL
from saleor_config.embedded.locks import BusyError, locked_now
from saleor_config.embedded.messages import CannotRunError, say
from saleor_config.embedded.places import Places
from saleor_config.embedded.schema import ROOT

_FILE = "addresses"  # among the secrets: the addresses hold passwords


def leave(places: Places, addresses: dict[str, str]) -> None:
    """Note where the running shop's servers are."""
    places.keep_secret(_FILE, json.dumps(addresses))


def addresses(places: Places) -> dict[str, str]:
    """Return where the running shop's servers are; raises CannotRunError if none runs."""
    try:
        with locked_now(places.lock):
            raise CannotRunError("The shop is not running in this folder. Start it: make run")
    except BusyError:
        return dict(json.loads(places.secret_file(_FILE).read_text()))


def dump(places: Places) -> None:
    """Write the shop's database to a file that pg_restore reads."""
    path = places.root / "shop.dump"
    command = [postgres.program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    subprocess.run([*command, f"--file={path}", addresses(places)["DATABASE_URL"]], check=True)
    say(
        f"Written: {path}. To restore it: pg_restore --no-owner --dbname=<your DATABASE_URL> {path}"
    )


def code(places: Places) -> None:
    """Print what an authenticator app would show now, for the log-in that `make run` prints."""
    _manage(places, "staff_code", STAFF_EMAIL)


def shell(places: Places) -> None:
    """Open a Python prompt with the shop's models."""
    _manage(places, "shell")


def _manage(places: Places, *command: str) -> None:
    environment = processes.environment(**addresses(places))
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=False)
