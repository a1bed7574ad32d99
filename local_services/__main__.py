"""`python -m local_services run|dev|reset|dump|code|shell|demo`, which the Makefile calls."""

from __future__ import annotations

import errno
import shutil
import sys
from contextlib import suppress

from local_services import running_shop, supervisor
from local_services.data_folder import DATA_FOLDERS, BusyError, DataFolder, locked_now
from local_services.messages import CannotRunError, say
from local_services.postgres import PostgresError
from local_services.valkey import ValkeyError
from saleor_config.settings.base import VAR_DIR


def run(folder: DataFolder, *, development: bool = False) -> None:
    """Open the shop and keep it open until it is told to end."""
    # KeyboardInterrupt: told to end while it was still preparing.
    with locked_now(folder.lock), suppress(KeyboardInterrupt):
        supervisor.run(folder, development=development)
    say("Stopped. All data is kept.")


def develop(folder: DataFolder) -> None:
    """Open the shop for whoever changes its code."""
    run(folder, development=True)


def reset(folder: DataFolder) -> None:
    """Delete all data of the shop. The prepared schema is no data and stays."""
    with locked_now(folder.lock):
        for name in DATA_FOLDERS:
            shutil.rmtree(folder.root / name, ignore_errors=True)
    say("All data is deleted. `make run` starts afresh.")


_ACTIONS = {
    "run": run,
    "dev": develop,
    "reset": reset,
    "dump": running_shop.dump,
    "code": running_shop.code,
    "shell": running_shop.shell,
    "demo": running_shop.demo,
}


def main(name: str = "run") -> int:
    """Do what is named; return the exit code. What cannot be done is said in one line."""
    folder = DataFolder(VAR_DIR.resolve())
    try:
        _ACTIONS[name](folder)
    except (CannotRunError, PostgresError, ValkeyError) as error:
        return _give_up(str(error))
    except BusyError:
        return _give_up("The shop is running in this folder. End it first, with Ctrl-C.")
    except OSError as error:
        return _give_up(_remedy(error, folder))
    return 0


def _remedy(error: OSError, folder: DataFolder) -> str:
    if error.errno == errno.ENOSPC:
        return f"No space is left on the disk of {folder.root}. Free some, then try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename} cannot be written. Make it yours: chown -R $(id -u) {folder.root}"
    raise error


def _give_up(message: str) -> int:
    print(f"stillwater: {message}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
