"""What the sandbox is started with, and where it refuses to start."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """Everything the sandbox needs to know. Times are in seconds."""

    port: int
    data: Path
    webhook_url: str
    api_key: str
    webhook_secret: str
    host: str = "127.0.0.1"
    retry_base: float = 1.0
    webhook_timeout: float = 10.0
    async_delay: float = 20.0

    @property
    def origin(self) -> str:
        """Return the address customers' browsers see."""
        return f"http://{self.host}:{self.port}"


def parse(arguments: Sequence[str], environ: Mapping[str, str]) -> Options:
    """Return the options from the command line; the two secrets come from the environment."""
    refuse_production(environ)
    given = _parser().parse_args(arguments)
    key = environ.get("STRIPE_API_KEY", "")
    if not key.startswith("sk_test_"):
        raise SystemExit("stripe sandbox: STRIPE_API_KEY must begin with sk_test_.")
    return Options(
        api_key=key, webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET", ""), **vars(given)
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stripe_sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder for its SQLite file")
    parser.add_argument("--webhook-url", default="", help="where events are sent; empty: nowhere")
    parser.add_argument("--retry-base", type=float, default=1.0, help="first pause before a retry")
    parser.add_argument("--webhook-timeout", type=float, default=10.0)
    parser.add_argument("--async-delay", type=float, default=20.0, help="until a debit is settled")
    return parser


def refuse_production(environ: Mapping[str, str]) -> None:
    """Stop at once where live settings or a live key are at hand."""
    live_settings = environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production")
    if live_settings or "_live_" in environ.get("STRIPE_API_KEY", ""):
        raise SystemExit("stripe sandbox: refuses to run with production settings or a live key.")
