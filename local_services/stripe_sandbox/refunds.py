"""/v1/refunds: create, retrieve, list."""

from __future__ import annotations

from typing import Any

from local_services.stripe_sandbox import errors, payments, specs
from local_services.stripe_sandbox.events import emit
from local_services.stripe_sandbox.specs import show
from local_services.stripe_sandbox.store import Context, Object, Store, listing, new_id


def create(context: Context, given: dict[str, Any]) -> Object:
    """Give money of a charge back, in full unless an amount is given."""
    asked = specs.REFUND_CREATE(given, "")
    charge = _charge(context.store, asked)
    amount = asked.get("amount", charge["amount_captured"] - charge["amount_refunded"])
    _check(charge, amount)
    refund = context.store.put(_refund(context.store, charge, amount, asked))
    _book(context.store, charge, amount)
    emit(context.store, "refund.created", refund, request=context.request_id)
    emit(context.store, "charge.refunded", charge, request=context.request_id)
    return refund


def _charge(store: Store, asked: dict[str, Any]) -> Object:
    if ("charge" in asked) == ("payment_intent" in asked):
        raise errors.missing_parameter("payment_intent")
    if "charge" in asked:
        return _found(store, asked["charge"], "charge")
    intent = _found(store, asked["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise errors.refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        )
    return _found(store, intent["latest_charge"], "charge")


def _found(store: Store, key: str, kind: str) -> Object:
    thing = store.get(key)
    if thing is None or thing["object"] != kind:
        raise errors.no_such(kind, key, kind)
    return thing


def _check(charge: Object, amount: int) -> None:
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise errors.refused(
            f"Charge {charge['id']} has already been refunded.", "charge_already_refunded"
        )
    if charge["disputed"]:
        raise errors.refused(f"Charge {charge['id']} has been charged back.", "charge_disputed")
    if amount > left:
        currency = charge["currency"]
        raise errors.refused(
            f"Refund amount ({show(amount, currency)}) is greater than unrefunded amount on "
            f"charge ({show(left, currency)})"
        )


def _refund(store: Store, charge: Object, amount: int, asked: dict[str, Any]) -> Object:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "failure_reason": None,
        "metadata": asked.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "status": "pending" if charge["_card"] == payments.REFUND_PENDS else "succeeded",
    }


def _book(store: Store, charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    store.put(charge)


def finish(store: Store, key: str) -> Object:
    """Let a refund end: of the cards that do not end at once, one fails and one succeeds."""
    refund = _found(store, key, "refund")
    charge = _found(store, refund["charge"], "charge")
    if charge["_card"] == payments.REFUND_FAILS:
        refund |= {"status": "failed", "failure_reason": "unknown"}
        _book(store, charge, -refund["amount"])
        store.put(refund)
        emit(store, "refund.failed", refund)
    else:
        refund["status"] = "succeeded"
        store.put(refund)
    emit(store, "refund.updated", refund)
    return refund


def retrieve(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one refund."""
    specs.RETRIEVE(given, "")
    found = context.store.get(key)
    if found is None or found["object"] != "refund":
        raise errors.no_such("refund", key, "id")
    return found


def list_all(context: Context, given: dict[str, Any]) -> Object:
    """Return refunds, newest first."""
    asked = specs.REFUND_LIST(given, "")
    found = context.store.all("refund")
    return listing("/v1/refunds", found, asked, fields=("payment_intent", "charge"))
