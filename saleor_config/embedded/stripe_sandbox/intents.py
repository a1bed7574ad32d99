"""Payment intents and charges: what a payment on the hosted page leaves behind."""

from __future__ import annotations

from typing import Any

from saleor_config.embedded.stripe_sandbox import errors, specs
from saleor_config.embedded.stripe_sandbox.context import Context
from saleor_config.embedded.stripe_sandbox.descriptors import full
from saleor_config.embedded.stripe_sandbox.store import Object, Store, new_id


def of_session(store: Store, session: Object) -> Object:
    """Return the session's intent; Stripe makes it when the customer first submits."""
    found = store.get(session["payment_intent"] or "")
    if found is not None:
        return found
    data = session["_intent_data"]
    intent = {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_received": 0,
        "canceled_at": None,
        "capture_method": data.get("capture_method", "automatic_async"),
        "created": store.now(),
        "currency": session["currency"],
        "description": data.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "payment_method_types": session["payment_method_types"],
        "receipt_email": data.get("receipt_email"),
        "statement_descriptor": None,
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
    }
    session["payment_intent"] = intent["id"]
    store.put(session)
    return store.put(intent)


def charge(
    store: Store, intent: Object, *, paid: bool, failure: str = "", card: str = ""
) -> Object:
    """Record one charge of the intent."""
    made = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "calculated_statement_descriptor": full(intent["statement_descriptor_suffix"]),
        "captured": paid,
        "created": store.now(),
        "currency": intent["currency"],
        "disputed": False,
        "failure_code": failure or None,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": paid,
        "payment_intent": intent["id"],
        "refunded": False,
        "status": "succeeded" if paid else "failed",
        "_card": card,
    }
    intent["latest_charge"] = made["id"]
    return store.put(made)


def retrieve(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one payment intent."""
    specs.RETRIEVE(given, "")
    found = context.store.get(key)
    if found is None or found["object"] != "payment_intent":
        raise errors.no_such("payment_intent", key, "intent")
    return found


def retrieve_charge(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one charge."""
    specs.RETRIEVE(given, "")
    found = context.store.get(key)
    if found is None or found["object"] != "charge":
        raise errors.no_such("charge", key, "charge")
    return found
