"""What a drill has beside the storm's shop: a proxy, a replica of the database, and a pooler."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import requests

from local_services import postgres
from local_services.postgres import run_sql
from local_services.processes import LOOPBACK, wait_until
from local_services.schema import ROOT
from tests.functional.stripe.storm.processes import DATABASE, Postgres, Program, Web

REPLICA_HOST = "127.0.0.2"  # the same port there: one address of the database names both hosts
_POOLER_SETTINGS = """
[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr = {listen}
listen_port = {own_port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 20
server_login_retry = 1
"""


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
        return [word.replace(f"={LOOPBACK}", f"={REPLICA_HOST}") for word in super().command()]

    def answers(self) -> bool:
        return self._asked("SELECT true")

    def promote(self) -> None:
        """Take the primary's place."""
        self._asked("SELECT pg_promote()")
        assert wait_until(lambda: self._asked("SELECT NOT pg_is_in_recovery()"), 60)

    def _asked(self, question: str) -> bool:
        url = self.address.url("postgres").replace(LOOPBACK, REPLICA_HOST)
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


class Pooler(Program):
    """Debian's PgBouncer in transaction mode, as docs/scaling.md has it."""

    name = "pooler"

    def __init__(self, folder: Path, primary: Postgres) -> None:
        super().__init__(folder)
        self._primary = primary

    @property
    def url(self) -> str:
        return self._primary.url.replace(f":{self._primary.port}/", f":{self.port}/")

    @property
    def place(self) -> Path:
        return self.folder / "pooler"

    def prepare(self) -> None:
        """Write its files, and start."""
        self.place.mkdir()
        postgres.give_to_system_user(self.place)
        address = urlsplit(self.url)
        (self.place / "users.txt").write_text(f'"{address.username}" "{address.password}"\n')
        self._write(LOOPBACK)
        self.start()

    def lead_to(self, host: str) -> None:
        """Lead to another host from now on."""
        self._write(host)
        os.kill(self.process.pid, signal.SIGHUP)

    def _write(self, host: str) -> None:
        text = _POOLER_SETTINGS.format(
            database=DATABASE,
            host=host,
            port=self._primary.port,
            listen=LOOPBACK,
            own_port=self.port,
            folder=self.place,
        )
        (self.place / "pooler.ini").write_text(text)

    def command(self) -> list[str]:
        program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin") or "pgbouncer"
        return [program, "-q", str(self.place / "pooler.ini")]

    def options(self) -> dict:
        return postgres.system_user_options()

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
