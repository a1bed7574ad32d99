"""The commands that make up the shop besides its servers, the same ones as in the Dockerfile.

Also what can be done with the running shop from another terminal, where the inbox and the Stripe
sandbox of `make run` listen, and the sandbox's test keys.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_services import postgres
from local_services.data_folder import BusyError, DataFolder, locked_now
from local_services.messages import CannotRunError, say
from local_services.processes import LOOPBACK, free_port, is_free, usual_or_free
from local_services.schema import ROOT
from local_services.shop_database import STAFF_EMAIL
from saleor_config.settings.env import read

_INBOX_OFFSET = 25  # beside 8000 its page is at 8025, where MailHog and Mailpit have theirs


@dataclass(frozen=True)
class InboxPorts:
    """Where the inbox takes e-mails and where it shows them."""

    smtp: int
    web: int


def choose_inbox_ports(shop_port: int) -> InboxPorts:
    """Choose free ports; the page's is the same at each start while nothing else takes it."""
    return InboxPorts(smtp=free_port(), web=usual_or_free(shop_port + _INBOX_OFFSET))


_SANDBOX_OFFSET = 26  # next to the inbox's page


@dataclass(frozen=True)
class SandboxAddress:
    """A sandbox to be started: the shop cannot tell it from Stripe but for its address."""

    port: int
    key: str
    webhook_secret: str

    @property
    def address(self) -> str:
        """Where browsers and the shop find it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What the shop and the sandbox read from the environment."""
        return {
            "STRIPE_API_KEY": self.key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_API_BASE": self.address,
        }


def choose_sandbox(places: DataFolder, shop_port: int) -> SandboxAddress | None:
    """Return the sandbox to start, or None where the environment names a key of Stripe's."""
    if os.environ.get("STRIPE_API_KEY"):
        return None
    # all the same at each start: a payment page opened before it can still be paid
    key, secret = places.secret("stripe-key"), places.secret("stripe-webhook-secret")
    return SandboxAddress(
        usual_or_free(shop_port + _SANDBOX_OFFSET), f"sk_test_{key}", f"whsec_{secret}"
    )


_BIN = Path(sys.executable).parent


def web_words(port: int, *, workers: int) -> list[str]:
    """The web server, for this machine only. WEB_THREADS says how many threads a worker has."""
    words = (
        *(sys.executable, "-m", "saleor_config.server"),
        *("--interface", "rsgi", "--http", "1", "--no-ws"),
        *("--host", LOOPBACK, "--port", port, "--workers", workers),
        *("--http1-header-read-timeout", 15_000, "--workers-kill-timeout", 10),
        *("--respawn-failed-workers", "saleor_config.server:application"),
    )
    return list(map(str, words))


def web(port: int) -> str:
    """The web server of `make run`."""
    return _line(*web_words(port, workers=read("WEB_WORKERS")))


def web_reloading(port: int) -> str:
    """Django's own server, which starts anew when a Python file changes."""
    return _line(sys.executable, "manage.py", "runserver", "--nostatic", f"{LOOPBACK}:{port}")


# What decides over the static files: ours, those of packages, and what makes them.
STATIC_SOURCES = (
    "storefront/static",
    "dashboard/static",
    "requirements/local.txt",
    "saleor_config/static_files.py",
)


def collect_static() -> list[str]:
    """What makes the static files, hashed and compressed, in `settings/run.py`'s folder."""
    return [sys.executable, "-W", "ignore", "manage.py", "collectstatic", "--no-input", "-v0"]


def worker() -> str:
    """Celery's worker."""
    options = ("--concurrency", read("CELERY_CONCURRENCY"), "--loglevel", read("LOG_LEVEL"))
    alone = ("--without-gossip", "--without-mingle")  # no other worker to wait for: a second less
    return _line(_BIN / "celery", "-A", "saleor_config", "--quiet", "worker", *options, *alone)


def worker_reloading() -> str:
    """Celery's worker, which starts anew when a Python file changes."""
    return _line(sys.executable, "manage.py", "reloading_worker")


def beat(folder: Path) -> str:
    """Celery's clock. It keeps no pid file: one left behind by kill -9 would stop it."""
    options = ("--schedule", folder / "schedule", "--pidfile=", "--loglevel", "WARNING")
    return _line(_BIN / "celery", "-A", "saleor_config", "--quiet", "beat", *options)


def inbox(folder: Path, ports: InboxPorts) -> str:
    """The e-mail inbox."""
    module = "local_services.inbox"
    return _line(sys.executable, "-m", module, folder, ports.smtp, ports.web)


def stripe_sandbox(folder: Path, stripe_sandbox: SandboxAddress, shop_port: int) -> str:
    """The Stripe sandbox, which tells the shop of each payment."""
    webhook = f"http://{LOOPBACK}:{shop_port}/stripe/webhook/"
    options = ("--port", stripe_sandbox.port, "--data", folder, "--webhook-url", webhook)
    return _line(sys.executable, "-m", "local_services.stripe_sandbox", *options)


def environment(*, settings: str = "local", **variables: str) -> dict[str, str]:
    """Return the environment of these processes."""
    module = f"saleor_config.settings.{settings}"
    fixed = {"DJANGO_SETTINGS_MODULE": module, "PYTHONUNBUFFERED": "1"}
    return os.environ | fixed | variables


def _line(*words: object) -> str:
    # exec: the shell that honcho starts becomes the program and gets its signals.
    return "exec " + shlex.join(map(str, words))


_FILE = "addresses"  # among the secrets: the addresses hold passwords


def save_addresses(places: DataFolder, addresses: dict[str, str]) -> None:
    """Note where the running shop's servers are."""
    places.keep_secret(_FILE, json.dumps(addresses))


def addresses(places: DataFolder) -> dict[str, str]:
    """Return where the running shop's servers are; raises CannotRunError if none runs."""
    try:
        with locked_now(places.lock):
            raise CannotRunError("The shop is not running in this folder. Start it: make run")
    except BusyError:
        return dict(json.loads(places.secret_file(_FILE).read_text()))


def dump(places: DataFolder) -> None:
    """Write the shop's database to a file that pg_restore reads."""
    path = places.root / "shop.dump"
    command = [postgres.program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    subprocess.run([*command, f"--file={path}", addresses(places)["DATABASE_URL"]], check=True)
    say(
        f"Written: {path}. To restore it: pg_restore --no-owner --dbname=<your DATABASE_URL> {path}"
    )


def code(places: DataFolder) -> None:
    """Print what an authenticator app would show now, for the log-in that `make run` prints."""
    _manage(places, "staff_code", STAFF_EMAIL)


def shell(places: DataFolder) -> None:
    """Open a Python prompt with the shop's models."""
    _manage(places, "shell")


def demo(places: DataFolder) -> None:
    """Add the orders that are missing of one in each state, and list them; see demo.py.

    Raises CannotRunError where the shop takes real payments, or is not open yet.
    """
    where = addresses(places)
    if "STRIPE_API_BASE" not in where:
        raise CannotRunError("Demo orders are paid in the sandbox, and this shop is at Stripe.")
    if is_free(int(where["PORT"])):
        raise CannotRunError("The shop is not open yet. Wait until `make run` says so.")
    filling = "from local_services.demo import fill; fill()"
    if failed := _manage(places, "shell", "--no-imports", "-c", filling):
        sys.exit(failed)  # it has said why


def _manage(places: DataFolder, *command: str) -> int:
    words = [sys.executable, "manage.py", *command]
    variables = environment(**addresses(places))
    return subprocess.run(words, cwd=ROOT, env=variables, check=False).returncode
