"""`make failure-drill`: kill each part under load; errors seen, seconds until all is well, the books.

Two web servers behind nginx, worker, beat, Valkey, and PostgreSQL with a replica that each commit
waits for. What was killed is started again after a second, as a restart policy does; PostgreSQL is
also lost for good once, and its replica promoted. With `--pooler` the shop reaches PostgreSQL
through Debian's PgBouncer in transaction mode, which is killed too. It is well again when somebody
who comes after the kill has bought, and their e-mail was sent.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local_services.processes import LOOPBACK
from tests.bench import table
from tests.drills.crowd import Crowd, fill_baskets
from tests.drills.parts import REPLICA_HOST, Pooler, Proxy, Replica
from tests.functional.stripe.storm.__main__ import forget_connection, let_time_pass
from tests.functional.stripe.storm.books import read_books
from tests.functional.stripe.storm.processes import Shop, Web

PROGRAMS = ("web", "worker", "beat", "valkey", "proxy", "postgres")
POOLER = Pooler.name
_PAUSE_SECONDS = 1  # until a restart policy has noticed
_PATIENCE_SECONDS = 150
_BASKETS_PER_ROUND = 48


class DrilledShop(Shop):
    """The storm's shop, with a second web server, a proxy and a replica of the database."""

    def __init__(self, folder: Path, *, pooled: bool) -> None:
        super().__init__(folder)
        self.second_web = Web(folder)
        self.replica = Replica(folder, self.postgres)
        self.proxy = Proxy(folder, (self.web, self.second_web))
        self.sandbox.webhook_url = f"{self.proxy.url}/stripe/webhook/"
        self.programs |= {"second web": self.second_web, "proxy": self.proxy}
        self.pooler = Pooler(folder, self.postgres) if pooled else None
        if self.pooler:
            self.programs[POOLER] = self.pooler

    def environment(self) -> dict[str, str]:
        changed = {"DATABASE_URL": self._database_url(), "PUBLIC_URL": self.proxy.url}
        changed["DATABASE_POOLED"] = str(bool(self.pooler))
        return super().environment() | changed

    def _database_url(self) -> str:
        """Return the pooler's address, or one of both hosts that finds out which takes writes."""
        if self.pooler:
            return self.pooler.url
        hosts = f"{LOOPBACK},{REPLICA_HOST}"
        url = self.postgres.url.replace(LOOPBACK, hosts).partition("?")[0]
        return f"{url}?sslmode=disable&gssencmode=disable&target_session_attrs=read-write"

    def start(self) -> None:
        self.postgres.prepare()
        self.replica.copy()
        if self.pooler:
            self.pooler.prepare()
        for program in (
            self.valkey,
            self.sandbox,
            self.web,
            self.second_web,
            self.worker,
            self.beat,
        ):
            program.start()
        self.proxy.prepare()

    def stop(self) -> None:
        super().stop()
        self.replica.kill()

    def lose_primary(self) -> None:
        """Lose PostgreSQL for good, and put the replica in its place."""
        self.postgres.kill()
        del self.programs["postgres"]  # nothing starts it again
        time.sleep(_PAUSE_SECONDS)
        self.replica.promote()
        if self.pooler:
            self.pooler.lead_to(REPLICA_HOST)


def main() -> int:
    """Kill one part after the other, print the table and the books; 0 if the books agree."""
    parser = argparse.ArgumentParser(prog="failure-drill", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=(*PROGRAMS, POOLER))
    parser.add_argument("--pooler", action="store_true", help="with PgBouncer before PostgreSQL")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stillwater-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shop = DrilledShop(folder, pooled=wanted.pooler)
        os.environ.update(shop.environment())
        try:
            shop.start()
            parts = (*PROGRAMS, POOLER) if wanted.pooler else PROGRAMS
            return Drill(shop, wanted.only or parts).run()
        finally:
            shop.stop()


class Drill:
    """A crowd that goes on buying while parts are killed."""

    def __init__(self, shop: DrilledShop, programs: Sequence[str]) -> None:
        import django

        django.setup()
        self.shop, self.programs = shop, programs
        # one round more without trouble, and one more of PostgreSQL
        baskets = fill_baskets(_BASKETS_PER_ROUND * (len(programs) + 2))
        self.crowd = Crowd(shop.proxy.url, shop.sandbox.hands, baskets)
        self.rows: list[list[str]] = []

    def run(self) -> int:
        """Do all of it; return the exit code."""
        forget_connection()
        self.crowd.start()
        try:
            self._round("nothing", lambda: None)
            for name in self.programs:
                self._round(name, lambda name=name: self._kill(name))  # type: ignore[misc]
            if "postgres" in self.programs:
                self._round("postgres, replica promoted", self.shop.lose_primary)
        finally:
            self.crowd.end()
        let_time_pass(self.shop)
        return self._report()

    def _kill(self, name: str) -> None:
        program = self.shop.programs[name]
        program.kill()
        time.sleep(_PAUSE_SECONDS)
        program.start()

    def _round(self, name: str, break_it: Callable[[], None]) -> None:
        done, tries, begun = self.crowd.done, self.crowd.tries, time.monotonic()
        break_it()
        witness, token = self.crowd.customer()
        witness.start()
        while not _was_served(token):
            if time.monotonic() - begun > _PATIENCE_SECONDS:
                raise SystemExit(f"failure-drill: not well again after {name} was killed.")
            self.shop.restart_ended()
            time.sleep(0.2)
        seconds = time.monotonic() - begun
        witness.join()
        row = [name, self.crowd.done - done, self.crowd.tries - tries, f"{seconds:.1f}"]
        self.rows.append([str(cell) for cell in row])
        print(" ".join(self.rows[-1]), flush=True)

    def _report(self) -> int:
        books = read_books(self.shop.sandbox.hands.ledger)
        lost = sum(bool(one.given_up) for one in self.crowd.customers)
        print(
            table.render(
                ("killed", "bought meanwhile", "errors seen", "seconds until well"), self.rows
            )
        )
        print(
            f"\n{len(self.crowd.customers)} customers, {lost} gave up; {books.orders} orders, {books.paid} paid"
        )
        for line in books.wrong:
            print(f"WRONG: {line}")
        print(
            "no order lost or doubled: the books agree"
            if not books.wrong
            else "the books do NOT agree"
        )
        return 1 if books.wrong or lost else 0


def _was_served(token: str) -> bool:
    """Say whether the order of this basket is paid and its e-mail sent."""
    from django.db import Error

    from plugins.order_emails.models import OutgoingEmail

    try:
        return OutgoingEmail.objects.filter(
            order__checkout_token=token, kind="order_confirmed", state="sent"
        ).exists()
    except Error:
        forget_connection()
        return False


if __name__ == "__main__":
    sys.exit(main())
