"""`python -m saleor_config.embedded [run|reset]`, which `make run` and `make reset` call."""

from __future__ import annotations

import errno
import shutil
import sys

from saleor_config.embedded import supervisor
from saleor_config.embedded.locks import BusyError, locked_now
from saleor_config.embedded.messages import CannotRunError, say
from saleor_config.embedded.places import DATA, Places
from saleor_config.embedded.postgres import PostgresError
from saleor_config.embedded.valkey import ValkeyError
from saleor_config.settings.base import VAR_DIR


def run(places: Places) -> None:
    """Open the shop and keep it open."""
    supervisor.run(places)


def reset(places: Places) -> None:
    """Delete all data of the shop. The prepared schema is no data and stays."""
    for name in DATA:
        shutil.rmtree(places.root / name, ignore_errors=True)
    say("All data is deleted. `make run` starts afresh.")


def main(name: str = "run") -> int:
    """Do one of the two, while nobody else does; return the exit code."""
    action = {"run": run, "reset": reset}[name]
    places = Places(VAR_DIR.resolve())
    try:
        with locked_now(places.lock):
            action(places)
    except KeyboardInterrupt:
        pass
    except (CannotRunError, PostgresError, ValkeyError) as error:
        return _give_up(str(error))
    except BusyError:
        return _give_up("The shop is running in this folder. End it first, with Ctrl-C.")
    except OSError as error:
        return _give_up(_mend(error, places))
    say("Stopped. All data is kept.") if name == "run" else None
    return 0


def _mend(error: OSError, places: Places) -> str:
    if error.errno == errno.ENOSPC:
        return f"No space is left on the disk of {places.root}. Free some, then try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename} cannot be written. Make it yours: chown -R $(id -u) var"
    raise error


def _give_up(message: str) -> int:
    print(f"stillwater: {message}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
