"""What can be done with the shop of this folder, from another terminal."""

from __future__ import annotations

import json
import subprocess
import sys

from local_services import commands, postgres
from local_services.data_folder import BusyError, DataFolder, locked_now
from local_services.messages import CannotRunError, say
from local_services.ports import is_free
from local_services.schema import ROOT
from local_services.shop_database import STAFF_EMAIL

_FILE = "addresses"  # among the secrets: the addresses hold passwords


def save_addresses(places: DataFolder, addresses: dict[str, str]) -> None:
    """Note where the running shop's servers are."""
    places.keep_secret(_FILE, json.dumps(addresses))


def addresses(places: DataFolder) -> dict[str, str]:
    """Return where the running shop's servers are; raises CannotRunError if none runs."""
    try:
        with locked_now(places.lock):
            raise CannotRunError("The shop is not running in this folder. Start it: make run")
    except BusyError:
        return dict(json.loads(places.secret_file(_FILE).read_text()))


def dump(places: DataFolder) -> None:
    """Write the shop's database to a file that pg_restore reads."""
    path = places.root / "shop.dump"
    command = [postgres.program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    subprocess.run([*command, f"--file={path}", addresses(places)["DATABASE_URL"]], check=True)
    say(
        f"Written: {path}. To restore it: pg_restore --no-owner --dbname=<your DATABASE_URL> {path}"
    )


def code(places: DataFolder) -> None:
    """Print what an authenticator app would show now, for the log-in that `make run` prints."""
    _manage(places, "staff_code", STAFF_EMAIL)


def shell(places: DataFolder) -> None:
    """Open a Python prompt with the shop's models."""
    _manage(places, "shell")


def demo(places: DataFolder) -> None:
    """Add the orders that are missing of one in each state, and list them; see demo.py.

    Raises CannotRunError where the shop takes real payments, or is not open yet.
    """
    where = addresses(places)
    if "STRIPE_API_BASE" not in where:
        raise CannotRunError("Demo orders are paid in the sandbox, and this shop is at Stripe.")
    if is_free(int(where["PORT"])):
        raise CannotRunError("The shop is not open yet. Wait until `make run` says so.")
    filling = "from local_services.demo import fill; fill()"
    if failed := _manage(places, "shell", "--no-imports", "-c", filling):
        sys.exit(failed)  # it has said why


def _manage(places: DataFolder, *command: str) -> int:
    environment = commands.environment(**addresses(places))
    words = [sys.executable, "manage.py", *command]
    return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode
