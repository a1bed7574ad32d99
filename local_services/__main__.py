"""`python -m local_services run|dev|reset|backup|restore|…`, which the Makefile calls."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from local_services import backups, commands, supervisor
from local_services.data_folder import DATA_FOLDERS, BusyError, DataFolder, locked_now
from local_services.messages import CannotRunError, say
from local_services.postgres import PostgresError
from local_services.processes import Watchdog
from local_services.valkey import ValkeyError
from saleor_config.settings.base import VAR_DIR
from saleor_config.settings.env import read


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


def backup(places: DataFolder, *words: str) -> None:
    """Back up the shop that DATABASE_URL names, else the one in this folder, open or not."""
    parser = argparse.ArgumentParser(prog="make backup ARGS=…")
    parser.add_argument("--to", type=Path, default=places.root / "backups", help="folder")
    parser.add_argument("--key", default=os.environ.get("BACKUP_KEY", ""), help="age1…: encrypt")
    wanted = parser.parse_args(words)
    with _shop_here(places) as place:
        path, sums = backups.write(place, wanted.to, key=wanted.key)
    print("\n".join(sums.lines()))
    say(f"Written, restored on a server of its own, and the same there: {path}")


@contextmanager
def _shop_here(places: DataFolder) -> Iterator[backups.Place]:
    try:
        url = read("DATABASE_URL") or commands.addresses(places)["DATABASE_URL"]
    except CannotRunError:
        with _stopped_shop(places) as (place, _):
            yield place
        return
    yield backups.Place.of(url, places.root / "media")


@contextmanager
def _stopped_shop(places: DataFolder) -> Iterator[tuple[backups.Place, str]]:
    """Start the servers of the shop in this folder for a while; also yields Valkey's address."""
    watchdog = Watchdog()
    try:
        with locked_now(places.lock), supervisor.running_servers(places, watchdog) as servers:
            place = backups.Place.of(servers.database_url, places.root / "media")
            yield place, servers.redis_url
    finally:
        watchdog.release()


def restore(places: DataFolder, *words: str) -> None:
    """Restore a backup into the shop that DATABASE_URL names, else into the one in this folder."""
    parser = argparse.ArgumentParser(prog="make restore ARGS=…")
    parser.add_argument("backup", type=Path)
    parser.add_argument("--identity", type=Path, help="file with age's private key")
    wanted = parser.parse_args(words)
    with (
        _stopped_shop(places) as (place, broker),
        backups.opened(wanted.backup, wanted.identity) as archive,
    ):
        sums = backups.restore(archive, place)
        with redis.Redis.from_url(broker) as client:
            client.flushdb()  # tasks and pages of the data from before
    print("\n".join(sums.lines()))
    say("Restored; every table and every photo is as in the backup.")


_ACTIONS: dict[str, Callable[..., None]] = {
    "run": run,
    "dev": develop,
    "reset": reset,
    "dump": commands.dump,
    "code": commands.code,
    "shell": commands.shell,
    "demo": commands.demo,
    "backup": backup,
    "restore": restore,
}


def main(name: str = "run", *words: str) -> int:
    """Do what is named; return the exit code. What cannot be done is said in one line."""
    folder = DataFolder(VAR_DIR.resolve())
    try:
        _ACTIONS[name](folder, *words)
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
