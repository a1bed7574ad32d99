"""Events: what happened, kept for /v1/events and sent to the webhook address."""

from __future__ import annotations

import copy
import time
from typing import Any

from local_services.stripe_sandbox import errors, faults, specs
from local_services.stripe_sandbox.store import Context, Object, Store, listing, new_id

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


def retrieve(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one event."""
    specs.RETRIEVE(given, "")
    found = context.store.get(key)
    if found is None or found["object"] != "event":
        raise errors.no_such("event", key, "id")
    return found


def list_all(context: Context, given: dict[str, Any]) -> Object:
    """Return events, newest first."""
    asked = specs.EVENT_LIST(given, "")
    kinds = asked.get("types") or ([asked["type"]] if "type" in asked else [])
    found = context.store.all("event")
    chosen = [event for event in found if not kinds or event["type"] in kinds]
    return listing("/v1/events", chosen, asked, fields=())
