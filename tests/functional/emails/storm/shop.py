"""The processes that an e-mail passes through."""

from __future__ import annotations

import smtplib
import sys
from pathlib import Path

from tests.functional.stripe.storm.processes import Beat, Postgres, Program, Valkey, Worker


class MailServer(Program):
    """The mail server, which can be told how to behave."""

    name = "mail"

    def behave(self, mode: str) -> None:
        """Behave like this from the next message on (server.MODES)."""
        (self.folder / "mode").write_text(mode)

    def taken(self) -> list[str]:
        """Return the Message-ID of everything that was taken."""
        file = self.folder / "taken"
        return file.read_text().splitlines() if file.exists() else []

    def command(self):
        module = "tests.functional.emails.storm.server"
        return [sys.executable, "-m", module, str(self.port), str(self.folder)]

    def answers(self):
        try:
            smtplib.SMTP("127.0.0.1", self.port, timeout=2).close()
        except OSError:
            return False
        return True


class MailWorker(Worker):
    """A worker that can also be ended as a release does it."""

    def end(self) -> None:
        """Let it finish what it has in hand."""
        self.process.terminate()
        self.process.wait(60)


class Shop:
    """Database, broker, mail server, worker and beat."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.valkey, self.mail = Postgres(folder), Valkey(folder), MailServer(folder)
        self.worker, self.beat = MailWorker(folder), Beat(folder)
        self.mail.behave("take")

    def environment(self) -> dict[str, str]:
        """Return what worker, beat and the test itself run with."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.functional.emails.storm.settings",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "PUBLIC_URL": "http://shop.test",
            "LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        self.postgres.prepare()
        for program in (self.valkey, self.mail, self.worker, self.beat):
            program.start()

    def stop(self) -> None:
        for program in (self.beat, self.worker, self.mail, self.valkey, self.postgres):
            program.kill()
