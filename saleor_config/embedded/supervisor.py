"""`make run`: prepares the shop, runs it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import time
from functools import cached_property
from typing import Any, NoReturn

from saleor_config.embedded import contents, database, processes, schema, servers, till, visits
from saleor_config.embedded.guard import Guard
from saleor_config.embedded.inbox.ports import InboxPorts, choose
from saleor_config.embedded.messages import CannotRunError, say, welcome
from saleor_config.embedded.places import Places
from saleor_config.embedded.ports import LOOPBACK, is_free
from saleor_config.embedded.shop import Shop
from saleor_config.embedded.watch import Watch
from saleor_config.settings.env import read


def run(places: Places) -> None:
    """Run the shop until Ctrl-C, SIGTERM or SIGHUP. Raises CannotRunError."""
    port = read("PORT")
    if not is_free(port):
        raise CannotRunError(f"Port {port} is taken. Choose another: PORT={port + 1} make run")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    guard = Guard()
    try:
        with servers.running(places, guard) as running:
            Supervisor(places, guard, running, port).run()
    finally:
        guard.release()


def _interrupt(*_: Any) -> NoReturn:
    raise KeyboardInterrupt


class Supervisor:
    """One run of the shop, on servers that are up."""

    def __init__(self, places: Places, guard: Guard, running: servers.Servers, port: int) -> None:
        self._places, self._guard, self._servers, self._port = places, guard, running, port
        self._inbox: InboxPorts | None = None if read("EMAIL_URL") else choose(port)
        self._till = till.choose(places, port)
        self._started = time.monotonic()

    def run(self) -> None:
        """Prepare the database, then serve until told to end. Raises CannotRunError."""
        self._places.secret("staff-password")
        visits.leave(self._places, self._variables)
        self._prepare()
        say("Starting the shop …")
        shop = self._shop()
        with Watch(self._servers, self._port, self._tell_open) as watch:
            shop.run()
        if watch.reason:
            raise CannotRunError(watch.reason)
        if name := shop.failed:
            lines = shop.last_lines(name)
            raise CannotRunError(
                f"{name} ended, so everything was stopped. Its last lines:\n{lines}"
            )

    @cached_property
    def _variables(self) -> dict[str, str]:
        variables = {
            "DATABASE_URL": self._servers.database_url,
            "REDIS_URL": self._servers.redis_url,
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._places.secret("secret-key"),
            "VAR_DIR": str(self._places.root),
        }
        if self._inbox:
            variables["EMAIL_URL"] = f"smtp://{LOOPBACK}:{self._inbox.smtp}"
        if self._till:
            variables |= self._till.variables
        return variables

    @property
    def _environment(self) -> dict[str, str]:
        return processes.environment(**self._variables)

    def _prepare(self) -> None:
        if server := self._servers.own_database:
            database.bring_up_to_date(server, self._places)
            database.once(server, "contents", contents.state(), self._fill)
        else:
            say("Updating the database that DATABASE_URL names …")
            schema.migrate(self._servers.database_url)
            self._fill()

    def _fill(self) -> None:
        say("Loading the catalogue …")
        contents.fill(self._environment, self._places.secret_file("staff-password"))

    def _shop(self) -> Shop:
        shop = Shop(self._guard, self._environment)
        shop.add("web", processes.web(self._port))
        shop.add("worker", processes.worker())
        shop.add("beat", processes.beat(self._places.folder("beat")))
        if self._inbox:
            shop.add("inbox", processes.inbox(self._places.folder("inbox"), self._inbox))
        if self._till:
            shop.add("till", processes.till(self._places.folder("till"), self._till, self._port))
        return shop

    def _tell_open(self) -> None:
        say(f"Open after {time.monotonic() - self._started:.1f} s.")
        say(
            welcome(
                shop=f"http://{LOOPBACK}:{self._port}",
                inbox=f"http://{LOOPBACK}:{self._inbox.web}" if self._inbox else "",
                till=self._till.address if self._till else "",
                email=contents.STAFF_EMAIL,
                password=self._places.secret("staff-password"),
            )
        )
