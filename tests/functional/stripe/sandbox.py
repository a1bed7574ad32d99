"""The Stripe sandbox as its own process, and the hands of customers on its pages."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import requests

from local_services.processes import free_port, wait_until

API_KEY, SECRET = "sk_test_sandbox", "whsec_sandbox"
CARD, DECLINED, POOR = "4242424242424242", "4000000000000002", "4000000000009995"
ASKS_3DS, DISPUTED, REFUND_FAILS = "4000002500003155", "4000000000000259", "4000000000005126"
REFUND_PENDS = "4000000000007726"
DEBIT, BAD_DEBIT = "00012345", "22222227"
MODULE = "local_services.stripe_sandbox"


class Sandbox:
    """A running sandbox. It keeps its port and its data when it is killed and started again."""

    def __init__(self, data: Path, webhook_url: str = "", *options: str) -> None:
        self.port, self.data, self.webhook_url = free_port(), data, webhook_url
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        secrets = {"STRIPE_API_KEY": API_KEY, "STRIPE_WEBHOOK_SECRET": SECRET}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", MODULE, "--port", str(self.port)),
                *("--data", str(self.data), "--webhook-url", self.webhook_url, *self.options),
            ],
            env=os.environ | secrets,
        )
        assert wait_until(self._answers, 20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/_sandbox/ledger", timeout=2).ok
        except requests.RequestException:
            return False

    # --- what a customer does -----------------------------------------------------
    def page_of(self, reference: str) -> str:
        return f"{self.url}/c/pay/{reference}"

    def submit(self, reference: str, **form: str) -> requests.Response:
        page = self.page_of(reference)
        return requests.post(page, data=form, allow_redirects=False, timeout=10)

    def pay(self, reference: str, number: str = CARD) -> requests.Response:
        return self.submit(reference, method="card", number=number)

    def debit(self, reference: str, account: str = DEBIT) -> requests.Response:
        return self.submit(reference, method="bacs_debit", account=account)

    def authenticate(self, reference: str, outcome: str) -> requests.Response:
        return self.submit(reference, authentication=outcome)

    # --- what a tester does -------------------------------------------------------
    def control(self, action: str, **form: object) -> None:
        answer = requests.post(f"{self.url}/_sandbox/{action}", data=form, timeout=10)
        assert answer.status_code == 200, answer.text

    def fault(self, mode: str, pattern: str, *, place: str = "api", times: int = 1, seconds=0):
        self.control(
            "faults", place=place, pattern=pattern, mode=mode, times=times, seconds=seconds
        )

    def read(self, what: str) -> object:
        return requests.get(f"{self.url}/_sandbox/{what}", timeout=10).json()

    @property
    def ledger(self) -> dict:
        return self.read("ledger")

    def events(self) -> list[dict]:
        """Return all events, oldest first."""
        found, cursor = [], {}
        while True:
            page = self._get("/v1/events", limit=100, **cursor)
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            cursor = {"starting_after": found[-1]["id"]}

    def event(self, kind: str) -> dict:
        """Return the last event of a kind."""
        return [event for event in self.events() if event["type"] == kind][-1]

    def _get(self, path: str, **query: object) -> dict:
        answer = requests.get(f"{self.url}{path}", params=query, auth=(API_KEY, ""), timeout=10)
        assert answer.ok, answer.text
        return answer.json()


def let_browsers_follow(settings, url: str) -> None:
    """Let the shop's pages send browsers to the sandbox, as `make run` does."""
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    directives = {name: list(values) for name, values in policy.items()}
    directives["form-action"].append(url)
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}


def sign(payload: str, *, secret: str = SECRET, at: int | None = None) -> str:
    """Return the signature that Stripe would send with the payload."""
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{stamp}.{payload}".encode(), hashlib.sha256)
    return f"t={stamp},v1={digest.hexdigest()}"


def send(client, event: dict, **signing):
    """Send an event to the shop's webhook as Stripe would; returns the shop's answer."""
    payload = json.dumps(event)
    return client.post(
        "/stripe/webhook/",
        payload,
        content_type="application/json",
        headers={"Stripe-Signature": sign(payload, **signing)},
    )
