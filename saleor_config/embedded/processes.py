"""The commands that make up the shop besides its servers, the same ones as in the Dockerfile."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from saleor_config.embedded.inbox.ports import InboxPorts
from saleor_config.embedded.ports import LOOPBACK
from saleor_config.embedded.till import Till
from saleor_config.settings.env import read

_BIN = Path(sys.executable).parent


def web(port: int) -> str:
    """The web server, for this machine only."""
    return _line(
        *(_BIN / "granian", "--interface", "wsgi", "--no-ws", "--host", LOOPBACK, "--port", port),
        *("--workers", read("WEB_WORKERS"), "--blocking-threads", read("WEB_THREADS")),
        *("--respawn-failed-workers", "saleor_config.wsgi:application"),
    )


def worker() -> str:
    """Celery's worker."""
    options = ("--concurrency", read("CELERY_CONCURRENCY"), "--loglevel", read("LOG_LEVEL"))
    alone = ("--without-gossip", "--without-mingle")  # no other worker to wait for: a second less
    return _line(_BIN / "celery", "-A", "saleor_config", "--quiet", "worker", *options, *alone)


def beat(folder: Path) -> str:
    """Celery's clock. It keeps no pid file: one left behind by kill -9 would stop it."""
    options = ("--schedule", folder / "schedule", "--pidfile=", "--loglevel", "WARNING")
    return _line(_BIN / "celery", "-A", "saleor_config", "--quiet", "beat", *options)


def inbox(folder: Path, ports: InboxPorts) -> str:
    """The e-mail inbox."""
    module = "saleor_config.embedded.inbox"
    return _line(sys.executable, "-m", module, folder, ports.smtp, ports.web)


def till(folder: Path, till: Till, shop_port: int) -> str:
    """The Stripe sandbox, which tells the shop of each payment."""
    webhook = f"http://{LOOPBACK}:{shop_port}/stripe/webhook/"
    options = ("--port", till.port, "--data", folder, "--webhook-url", webhook)
    return _line(sys.executable, "-m", "saleor_config.embedded.stripe_sandbox", *options)


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of these processes."""
    fixed = {"DJANGO_SETTINGS_MODULE": "saleor_config.settings.local", "PYTHONUNBUFFERED": "1"}
    return os.environ | fixed | variables


def _line(*words: object) -> str:
    # exec: the shell that honcho starts becomes the program and gets its signals.
    return "exec " + shlex.join(map(str, words))
