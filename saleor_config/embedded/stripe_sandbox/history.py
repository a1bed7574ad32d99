"""/v1/events: retrieve and list."""

from __future__ import annotations

from typing import Any

from saleor_config.embedded.stripe_sandbox import errors, specs
from saleor_config.embedded.stripe_sandbox.context import Context
from saleor_config.embedded.stripe_sandbox.listing import listing
from saleor_config.embedded.stripe_sandbox.store import Object


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
