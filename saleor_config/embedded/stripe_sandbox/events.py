"""Events: what happened, kept for /v1/events and sent to the webhook address."""

from __future__ import annotations

import copy
import time
from typing import Any

from saleor_config.embedded.stripe_sandbox import faults
from saleor_config.embedded.stripe_sandbox.store import Object, Store, new_id

API_VERSION = "2026-10-28.endive"


def emit(store: Store, kind: str, thing: Object, *, request: str = "", key: str = "") -> Object:
    """Record an event about `thing` as it is now, and plan its delivery."""
    event: dict[str, Any] = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": store.now(),
        "data": {"object": _public(thing)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": request or None, "idempotency_key": key or None},
        "type": kind,
    }
    store.put(event)
    for delay in faults.delivery_delays(store, kind):
        plan(store, event["id"], delay)
    return event


def _public(thing: Object) -> Object:
    return copy.deepcopy({key: value for key, value in thing.items() if not key.startswith("_")})


def plan(store: Store, event_id: str, delay: float) -> None:
    """Have the event delivered `delay` seconds from now."""
    store.run(
        "INSERT INTO deliveries (event, due, attempt, state) VALUES (?, ?, 0, 'waiting')",
        event_id,
        time.time() + delay,
    )
