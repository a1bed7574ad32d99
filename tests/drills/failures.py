"""`make failure-drill`: kill each part under load; errors seen, seconds until all is well, the books.

Two web servers behind nginx, worker, beat, Valkey, and PostgreSQL with a replica that each commit
waits for. What was killed is started again after a second, as a restart policy does; PostgreSQL is also
lost for good once, and its replica promoted. It is well again when somebody who comes after the kill has
bought, and their e-mail was sent.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import requests

from local_services import postgres
from local_services.databases import run_sql
from local_services.ports import LOOPBACK
from local_services.processes import wait_until
from local_services.schema import ROOT
from tests.bench import table
from tests.drills.crowd import Crowd, fill_baskets
from tests.functional.stripe.storm.__main__ import forget_connection, let_time_pass
from tests.functional.stripe.storm.books import read_books
from tests.functional.stripe.storm.processes import Postgres, Program, Shop, Web

PROGRAMS = ("web", "worker", "beat", "valkey", "proxy", "postgres")
_PAUSE_SECONDS = 1  # until a restart policy has noticed
_PATIENCE_SECONDS = 150
_REPLICA_HOST = "127.0.0.2"  # the same port there: one address of the database names both hosts
_BASKETS_PER_ROUND = 32


class Replica(Postgres):
    """A streaming replica of the primary, which can take its place."""

    name = "replica"

    def __init__(self, folder: Path, primary: Postgres) -> None:
        super().__init__(folder)
        self._primary, self.port = primary, primary.port

    @property
    def data(self) -> Path:
        return self.folder / "replica"

    def copy(self) -> None:
        """Copy the primary, start as its replica, and let each commit there wait for us."""
        self.data.mkdir(mode=0o700)
        postgres.give_to_system_user(self.data)
        source = self._primary.address.url("").replace("postgres://", "postgresql://")
        words = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync", f"--dbname={source}")
        command = [postgres.program("pg_basebackup"), f"--pgdata={self.data}", *words]
        subprocess.run(command, check=True, **postgres.system_user_options())
        self.start()
        run_sql(self._primary.address, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        run_sql(self._primary.address, "SELECT pg_reload_conf()")

    def command(self) -> list[str]:
        return [word.replace(f"={LOOPBACK}", f"={_REPLICA_HOST}") for word in super().command()]

    def answers(self) -> bool:
        return self._asked("SELECT true")

    def promote(self) -> None:
        """Take the primary's place."""
        self._asked("SELECT pg_promote()")
        assert wait_until(lambda: self._asked("SELECT NOT pg_is_in_recovery()"), 60)

    def _asked(self, question: str) -> bool:
        url = self.address.url("postgres").replace(LOOPBACK, _REPLICA_HOST)
        try:
            with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
                return connection.execute(question).fetchone() == (True,)
        except psycopg.OperationalError:
            return False


class Proxy(Program):
    """Debian's nginx with the files of proxy/."""

    name = "proxy"

    def __init__(self, folder: Path, webs: tuple[Web, Web]) -> None:
        super().__init__(folder)
        self._webs = webs

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Write its files, and start."""
        place = self.folder / "proxy"
        shutil.copytree(ROOT / "proxy", place)
        for file in place.glob("*.conf"):
            text = (
                file.read_text().replace("/tmp/", f"{self.folder}/").replace("8080", str(self.port))
            )
            file.write_text(text.replace("/etc/nginx/shop", str(place)))
        servers = "".join(
            f"server {LOOPBACK}:{web.port} max_fails=1 fail_timeout=5s;" for web in self._webs
        )
        (place / "upstream.conf").write_text(
            f"upstream shop {{ zone shop 64k; {servers} keepalive 16; }}"
        )
        self.start()

    def command(self) -> list[str]:
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
        user = " user root;" if postgres.is_root() else ""
        return [nginx, "-c", str(self.folder / "proxy" / "plain.conf"), "-g", f"daemon off;{user}"]

    def answers(self) -> bool:
        try:
            return bool(requests.get(f"{self.url}/healthz", timeout=3).ok)
        except requests.RequestException:
            return False


class DrilledShop(Shop):
    """The storm's shop, with a second web server, a proxy and a replica of the database."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.second_web = Web(folder)
        self.replica = Replica(folder, self.postgres)
        self.proxy = Proxy(folder, (self.web, self.second_web))
        self.sandbox.webhook_url = f"{self.proxy.url}/stripe/webhook/"
        self.programs |= {"second web": self.second_web, "proxy": self.proxy}

    def environment(self) -> dict[str, str]:
        hosts = f"{LOOPBACK},{_REPLICA_HOST}"
        url = self.postgres.url.replace(LOOPBACK, hosts).partition("?")[0]
        options = "sslmode=disable&gssencmode=disable&target_session_attrs=read-write"
        changed = {"DATABASE_URL": f"{url}?{options}", "PUBLIC_URL": self.proxy.url}
        return super().environment() | changed

    def start(self) -> None:
        self.postgres.prepare()
        self.replica.copy()
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


def main() -> int:
    """Kill one part after the other, print the table and the books; 0 if the books agree."""
    parser = argparse.ArgumentParser(prog="failure-drill", description=__doc__)
    parser.add_argument("--only", nargs="*", default=PROGRAMS, choices=PROGRAMS)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stillwater-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shop = DrilledShop(folder)
        os.environ.update(shop.environment())
        try:
            shop.start()
            return Drill(shop, wanted.only).run()
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
                self._round("postgres, replica promoted", self._lose_primary)
        finally:
            self.crowd.end()
        let_time_pass(self.shop)
        return self._report()

    def _kill(self, name: str) -> None:
        program = self.shop.programs[name]
        program.kill()
        time.sleep(_PAUSE_SECONDS)
        program.start()

    def _lose_primary(self) -> None:
        self.shop.postgres.kill()
        del self.shop.programs["postgres"]  # nothing starts it again
        time.sleep(_PAUSE_SECONDS)
        self.shop.replica.promote()

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
