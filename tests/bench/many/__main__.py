"""`make load-many`: fills the running shop, or the database that DATABASE_URL names."""

from __future__ import annotations

import argparse
import os
import sys
import time

from local_services.commands import addresses
from local_services.data_folder import DataFolder
from local_services.messages import CannotRunError

ORDERS, VARIANTS = 100_000, 5_000


def main() -> int:
    """Read what is wanted, and load it; return the exit code."""
    wanted = _arguments()
    if not os.environ.get("DATABASE_URL"):
        return _in_running_shop()
    _set_up()
    from tests.bench.many.loading import HasOrders, load

    begun = time.perf_counter()
    try:
        load(orders=wanted.orders, variants=wanted.variants, add=wanted.add)
    except HasOrders:
        return _give_up("There are orders already. To add to them: make load-many ARGS=--add")
    print(f"Loaded in {time.perf_counter() - begun:.0f} seconds.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="load-many", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--add", action="store_true", help="even if there are orders already")
    return parser.parse_args()


def _in_running_shop() -> int:
    """Begin anew with the shop's addresses: settings that are loaded once stay as they are."""
    from saleor_config.settings.base import VAR_DIR

    try:
        where = addresses(DataFolder(VAR_DIR.resolve()))
    except CannotRunError as error:
        return _give_up(str(error))
    again = [sys.executable, "-m", "tests.bench.many", *sys.argv[1:]]
    os.execve(sys.executable, again, os.environ | where)  # noqa: S606  ourselves
    return 0


def _set_up() -> None:
    """Start Django as the tests do: e-mails go nowhere, and payments to nobody."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "saleor_config.settings.test"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    from saleor_config import compat

    compat.install()
    import django

    django.setup()


def _give_up(message: str) -> int:
    print(f"load-many: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
