"""`python -m saleor_config.embedded run|reset|dump|code|shell`, which the Makefile calls."""

from __future__ import annotations

import errno
import shutil
import sys
from contextlib import suppress

from saleor_config.embedded import supervisor, visits
from saleor_config.embedded.locks import BusyError, locked_now
from saleor_config.embedded.messages import CannotRunError, say
from saleor_config.embedded.places import DATA, Places
from saleor_config.embedded.postgres import PostgresError
from saleor_config.embedded.valkey import ValkeyError
from saleor_config.settings.base import VAR_DIR


def run(places: Places) -> None:
    """Open the shop and keep it open until it is told to end."""
    # KeyboardInterrupt: told to end while it was still preparing.
    with locked_now(places.lock), suppress(KeyboardInterrupt):
        supervisor.run(places)
    say("Stopped. All data is kept.")


def reset(places: Places) -> None:
    """Delete all data of the shop. The prepared schema is no data and stays."""
    with locked_now(places.lock):
        for name in DATA:
            shutil.rmtree(places.root / name, ignore_errors=True)
    say("All data is deleted. `make run` starts afresh.")


_ACTIONS = {
    "run": run,
    "reset": reset,
    "dump": visits.dump,
    "code": visits.code,
    "shell": visits.shell,
}


def main(name: str = "run") -> int:
    """Do what is named; return the exit code. What cannot be done is said in one line."""
    places = Places(VAR_DIR.resolve())
    try:
        _ACTIONS[name](places)
    except (CannotRunError, PostgresError, ValkeyError) as error:
        return _give_up(str(error))
    except BusyError:
        return _give_up("The shop is running in this folder. End it first, with Ctrl-C.")
    except OSError as error:
        return _give_up(_mend(error, places))
    return 0


def _mend(error: OSError, places: Places) -> str:
    if error.errno == errno.ENOSPC:
        return f"No space is left on the disk of {places.root}. Free some, then try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename} cannot be written. Make it yours: chown -R $(id -u) {places.root}"
    raise error


def _give_up(message: str) -> int:
    print(f"stillwater: {message}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
