"""`make restore-drill`: a backup while customers order, restored elsewhere, with all that was there."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pyrage

from local_services import backups
from local_services.processes import wait_until
from local_services.schema import temporary_server
from tests.bench import table
from tests.drills.crowd import Crowd, fill_baskets
from tests.functional.stripe.storm.processes import DATABASE, Shop

# What a customer or staff were told of: it must be there after a restore.
_TOLD = {
    "orders": "order_order",
    "payments": "payment_payment",
    "stock ledger": "inventory_stockentry",
    "gift cards": "giftcard_giftcard",
    "e-mails": "order_emails_outgoingemail",
}
Keys = dict[str, set[object]]


def main() -> int:
    """Take the backup under load, restore it, print the figures; 0 if nothing is missing."""
    parser = argparse.ArgumentParser(prog="restore-drill", description=__doc__)
    parser.add_argument("--orders", type=int, default=30, help="before the backup; then it goes on")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stillwater-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shop = Shop(folder)
        os.environ.update(shop.environment())
        try:
            shop.start()
            return _drill(shop, folder, wanted.orders)
        finally:
            shop.stop()


def _drill(shop: Shop, folder: Path, orders: int) -> int:
    import django

    django.setup()
    crowd = Crowd(shop.web.url, shop.sandbox.hands, fill_baskets(orders * 5))
    photos = _Photos(folder / "media")
    crowd.start()
    photos.start()
    try:
        if not wait_until(lambda: crowd.done >= orders, 600):
            raise SystemExit("restore-drill: the customers do not get on.")
        before, photos_before = _keys(shop.postgres.url), photos.written()
        begun, identity = time.perf_counter(), pyrage.x25519.Identity.generate()
        place = backups.Place(shop.postgres.address, DATABASE, photos.folder)
        path, sums = backups.write(place, folder / "backups", key=str(identity.to_public()))
        backed_up = time.perf_counter() - begun
    finally:
        photos.end()
        crowd.end()
    key_file = folder / "key.txt"
    key_file.write_text(str(identity))
    with temporary_server() as server:
        elsewhere = backups.Place(server, "stillwater", folder / "elsewhere")
        begun = time.perf_counter()
        with backups.opened(path, key_file) as archive:
            backups.restore(archive, elsewhere)
        restored, after = time.perf_counter() - begun, _keys(elsewhere.url)
        ledger_agrees = _ledger_agrees(elsewhere.url)
    at_end = _keys(shop.postgres.url)
    missing = {name: len(before[name] - after[name]) for name in _TOLD}
    lost_photos = photos_before - sums.media.keys()
    rows = [
        [name, *(str(len(keys[name])) for keys in (before, after, at_end)), str(missing[name])]
        for name in _TOLD
    ]
    rows.append(["photos", *map(str, (len(photos_before), len(sums.media), "", len(lost_photos)))])
    print(table.render(("", "before", "restored", "at the end", "lost"), rows))
    print(f"\nbacked up, proved and encrypted in {backed_up:.1f} s: {path.stat().st_size:,} bytes")
    print(f"restored in {restored:.1f} s; {len(sums.tables)} tables have the sums of the backup")
    print(f"the restored stock ledger {'agrees' if ledger_agrees else 'DIFFERS'}")
    well = ledger_agrees and not any(missing.values()) and not lost_photos
    print("nothing was lost" if well else "something was LOST")
    return 0 if well else 1


def _keys(url: str) -> Keys:
    with psycopg.connect(url) as connection:
        return {
            name: {key for (key,) in connection.execute(f"SELECT id FROM {one}").fetchall()}
            for name, one in _TOLD.items()
        }


def _ledger_agrees(url: str) -> bool:
    from plugins.inventory.ledger import record_check
    from tests.restoring import StockedDatabase

    database = StockedDatabase(url)
    with database.filled():
        agrees = not record_check().differences
    database.connection.close()
    return agrees


class _Photos(threading.Thread):
    """Staff who upload a photo ten times a second."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self._ended = folder, threading.Event()
        (folder / "products").mkdir(parents=True)

    def run(self) -> None:
        while not self._ended.wait(0.1):
            path = self.folder / "products" / f"{secrets.token_hex(16)}.jpg"
            path.with_suffix(".new").write_bytes(secrets.token_bytes(20_000))
            path.with_suffix(".new").rename(path)

    def written(self) -> set[str]:
        return {f"products/{path.name}" for path in (self.folder / "products").glob("*.jpg")}

    def end(self) -> None:
        self._ended.set()
        self.join()


if __name__ == "__main__":
    sys.exit(main())
