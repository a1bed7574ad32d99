"""/v1/disputes: retrieve, list; opened by a test card, closed by the control page."""

from __future__ import annotations

from typing import Any

from local_services.stripe_sandbox import errors, specs
from local_services.stripe_sandbox.events import emit
from local_services.stripe_sandbox.store import Context, Object, Store, listing, new_id

_CLOSED = ("lost", "prevented", "warning_closed", "won")
STATUSES = (
    *_CLOSED,
    *("needs_response", "under_review", "warning_needs_response", "warning_under_review"),
    *("appeal_needs_response", "appeal_under_review"),
)


def open_for(store: Store, charge: Object) -> Object:
    """The cardholder disputes a charge as fraudulent."""
    charge["disputed"] = True
    store.put(charge)
    dispute = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": store.now() + 7 * 86400,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    store.put(dispute)
    emit(store, "charge.dispute.created", dispute)
    return dispute


def move(store: Store, key: str, status: str) -> Object:
    """The bank has decided, or looks at it again on appeal; `status` is Stripe's word."""
    dispute = _find(store, key)
    if status not in STATUSES:
        raise errors.invalid("status", f"Invalid status: {status}")
    dispute["status"] = status
    store.put(dispute)
    kind = "closed" if status in _CLOSED else "updated"
    emit(store, f"charge.dispute.{kind}", dispute)
    return dispute


def _find(store: Store, key: str) -> Object:
    found = store.get(key)
    if found is None or found["object"] != "dispute":
        raise errors.no_such("dispute", key, "dispute")
    return found


def retrieve(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one dispute."""
    specs.RETRIEVE(given, "")
    return _find(context.store, key)


def list_all(context: Context, given: dict[str, Any]) -> Object:
    """Return disputes, newest first."""
    asked = specs.DISPUTE_LIST(given, "")
    found = context.store.all("dispute")
    return listing("/v1/disputes", found, asked, fields=("payment_intent", "charge"))
