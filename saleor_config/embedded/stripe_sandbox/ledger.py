"""What the account has taken and given back: the figures a shop's books must agree with."""

from __future__ import annotations

from typing import Any

from saleor_config.embedded.stripe_sandbox.store import Object, Store


def ledger(store: Store) -> dict[str, Any]:
    """Return captured and refunded amounts (smallest unit), in total and per session."""
    paid = [_payment(store, s) for s in store.all("checkout.session")]
    return {
        "captured": sum(row["captured"] for row in paid),
        "refunded": sum(row["refunded"] for row in paid),
        "payments": paid,
    }


def _payment(store: Store, session: Object) -> dict[str, Any]:
    intent = store.get(session["payment_intent"] or "")
    charge = store.get((intent or {}).get("latest_charge") or "") or {}
    return {
        "session": session["id"],
        "status": session["status"],
        "payment_status": session["payment_status"],
        "reference": session["client_reference_id"],
        "payment_intent": session["payment_intent"],
        "item": session["_items"][0]["name"],
        "amount": session["amount_total"],
        "currency": session["currency"],
        "captured": charge.get("amount_captured", 0),
        "refunded": charge.get("amount_refunded", 0),
    }
