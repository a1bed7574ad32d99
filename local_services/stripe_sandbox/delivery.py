"""Sends events to the webhook address, signed, again and again until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from local_services.stripe_sandbox import events, faults, payments, sessions
from local_services.stripe_sandbox.options import Options
from local_services.stripe_sandbox.store import Object, Store

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 16
MAX_PAUSE = 60.0
_TICK = 0.1  # seconds between two looks at what is due


def signature(payload: str, secret: str, timestamp: int) -> str:
    """Return the Stripe-Signature header (https://docs.stripe.com/webhooks#verify-manually)."""
    signed = hmac.new(secret.encode(), f"{timestamp}.{payload}".encode(), hashlib.sha256)
    return f"t={timestamp},v1={signed.hexdigest()}"


class Delivery:
    """A thread that does what is due: deliveries, settlements of debits, expiries."""

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin; what a killed sandbox had not delivered is delivered first."""
        self.store.run("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")
        self._thread.start()

    def stop(self) -> None:
        """Stop, after what is on its way; the store may then be closed."""
        self._ended.set()
        self._thread.join()
        self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        while not self._ended.wait(_TICK):
            try:
                self.once()
            except Exception:
                logger.exception("delivery")

    def once(self) -> None:
        """Do what is due now."""
        with self.store.transaction():
            sessions.expire_overdue(self.store)
            self._settle()
            due = self._claim()
        for delivery, event_id, attempt in due:
            self._pool.submit(self._deliver, delivery, event_id, attempt)

    def _settle(self) -> None:
        sql = "SELECT intent, outcome FROM settlements WHERE due <= ?"
        for row in self.store.run(sql, time.time()):
            payments.settle(self.store, row["intent"], row["outcome"])

    def _claim(self) -> list[tuple[int, str, int]]:
        sql = "SELECT * FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY due LIMIT 8"
        rows = self.store.run(sql, time.time())
        for row in rows:
            self.store.run("UPDATE deliveries SET state = 'sending' WHERE id = ?", row["id"])
        return [(row["id"], row["event"], row["attempt"]) for row in rows]

    def _deliver(self, delivery: int, event_id: str, attempt: int) -> None:
        event = self.store.get(event_id)
        status = self._post(event) if event and self.options.webhook_url else 200
        taken = 200 <= status < 300  # noqa: PLR2004  HTTP
        self._end(delivery, event_id, attempt, status, taken=taken)

    def _end(self, delivery: int, event_id: str, attempt: int, status: int, *, taken: bool) -> None:
        again = not taken and attempt + 1 < MAX_ATTEMPTS
        pause = min(self.options.retry_base * 2**attempt, MAX_PAUSE)
        self.store.run(
            "UPDATE deliveries SET state = ?, status = ?, attempt = ?, due = ? WHERE id = ?",
            "waiting" if again else "done" if taken else "given up",
            status,
            attempt + 1,
            time.time() + pause,
            delivery,
        )
        if taken:
            self._note_taken(event_id)

    def _note_taken(self, event_id: str) -> None:
        with self.store.transaction():
            event = self.store.get(event_id)
            if event is not None:
                self.store.put(event | {"pending_webhooks": 0})

    def _post(self, event: Object) -> int:
        """Send one event; 0 stands for no answer."""
        payload = json.dumps(event, indent=2)
        stamp = int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, self.options.webhook_secret, stamp),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        fault = faults.take(self.store, "webhook", f"{event['type']}!")
        limit = 0.001 if fault else self.options.webhook_timeout
        try:
            answer = requests.post(
                self.options.webhook_url,
                data=payload.encode(),
                headers=headers,
                timeout=limit,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return int(answer.status_code)


def resend(store: Store, event_id: str) -> None:
    """Deliver an event once more, as the button in Stripe's dashboard does."""
    events.plan(store, event_id, 0.0)
