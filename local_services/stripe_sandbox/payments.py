"""What happens when a customer submits the hosted page: payment intents and charges.

Card numbers as in https://docs.stripe.com/testing; account numbers of Bacs debits likewise. The
ledger says what the account has taken and given back: a shop's books must agree with it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from local_services.stripe_sandbox import disputes, errors, specs
from local_services.stripe_sandbox.events import emit
from local_services.stripe_sandbox.specs import statement_descriptor
from local_services.stripe_sandbox.store import Context, Object, Store, new_id


def intent_of_session(store: Store, session: Object) -> Object:
    """Return the session's intent; Stripe makes it when the customer first submits."""
    found = store.get(session["payment_intent"] or "")
    if found is not None:
        return found
    data = session["_intent_data"]
    intent = {
        "id": new_id("pi"),
        "object": "payment_intent",
        "allowed_payment_method_types": session["allowed_payment_method_types"],
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "capture_method": data.get("capture_method", "automatic_async"),
        "confirmation_method": "automatic",
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


def record_charge(
    store: Store, intent: Object, *, paid: bool, failure: Declined | None = None, card: str = ""
) -> Object:
    """Record one charge of the intent."""
    made = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "billing_details": _billing_details(),
        "calculated_statement_descriptor": statement_descriptor(
            None if card in DEBITS else intent["statement_descriptor_suffix"]
        ),
        "captured": paid,
        "created": store.now(),
        "currency": intent["currency"],
        "disputed": False,
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
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


def _billing_details() -> Object:
    """Return what the hosted page of the sandbox asks of the payer, which is nothing."""
    lines = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": dict.fromkeys(lines),
        **dict.fromkeys(("email", "name", "phone", "tax_id")),
    }


def _payment_error(charge: Object, declined: Declined) -> Object:
    error = {
        "charge": charge["id"],
        "code": declined.code,
        "decline_code": declined.decline_code,
        "doc_url": errors.doc_url(declined.code),
        "message": declined.message,
        "type": "card_error",
    }
    return {name: value for name, value in error.items() if value}


def retrieve_intent(context: Context, given: dict[str, Any], key: str) -> Object:
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


GOOD = "4242424242424242"
ASKS_3DS = "4000002500003155"
DISPUTED = "4000000000000259"
REFUND_FAILS = "4000000000005126"
REFUND_PENDS = "4000000000007726"


@dataclass(frozen=True)
class Declined:
    """Why a payment did not work: Stripe's error code, the bank's decline code, and words."""

    code: str
    decline_code: str
    message: str


DECLINES = {
    "4000000000000002": Declined("card_declined", "generic_decline", "Your card was declined."),
    "4000000000009995": Declined(
        "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    "4000000000009987": Declined("card_declined", "lost_card", "Your card was declined."),
    "4000000000000069": Declined("expired_card", "expired_card", "Your card has expired."),
}
_WRONG_NUMBER = Declined("incorrect_number", "", "Your card number is incorrect.")
_NOT_AUTHENTICATED = Declined(
    "payment_intent_authentication_failure",
    "",
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again.",
)
_NO_DEBIT = Declined(
    "debit_not_authorized", "", "The customer's bank account could not be debited."
)
CHARGES = {GOOD, ASKS_3DS, DISPUTED, REFUND_FAILS, REFUND_PENDS}
DEBIT_SUCCEEDS, DEBIT_FAILS = "00012345", "22222227"
DEBITS = {DEBIT_SUCCEEDS, DEBIT_FAILS}
NOT_OPEN = "This Checkout Session has expired or was already completed."


@dataclass(frozen=True)
class Outcome:
    """What the page shows next."""

    step: str  # "done", "again" or "authenticate"
    message: str = ""


def pay_by_card(store: Store, session: Object, number: str) -> Outcome:
    """Charge a test card; call it inside a transaction."""
    number = "".join(number.split())
    if session["status"] != "open":
        return Outcome("again", NOT_OPEN)
    if number == ASKS_3DS:
        _wait_for_customer(store, session)
        return Outcome("authenticate")
    if number in CHARGES:
        _succeed(store, session, number)
        return Outcome("done")
    declined = DECLINES.get(number, _WRONG_NUMBER)
    _decline(store, session, declined, number)
    return Outcome("again", declined.message)


def authenticate(store: Store, session: Object, *, passed: bool) -> Outcome:
    """Go on after the bank has asked the customer."""
    intent = store.get(session["payment_intent"] or "")
    if session["status"] != "open" or intent is None or intent["status"] != "requires_action":
        return Outcome("again", NOT_OPEN)
    if passed:
        _succeed(store, session, ASKS_3DS)
        return Outcome("done")
    _decline(store, session, _NOT_AUTHENTICATED, ASKS_3DS)
    return Outcome("again", _NOT_AUTHENTICATED.message)


def pay_by_debit(store: Store, session: Object, account: str, delay: float) -> Outcome:
    """Accept a bank debit, which succeeds or fails `delay` seconds later."""
    if session["status"] != "open":
        return Outcome("again", NOT_OPEN)
    if account not in DEBITS or "bacs_debit" not in session["payment_method_types"]:
        return Outcome("again", "Your account number is incorrect.")
    intent = intent_of_session(store, session)
    intent["status"] = "processing"
    store.put(intent)
    emit(store, "payment_intent.processing", intent)
    outcome = "succeeded" if account == DEBIT_SUCCEEDS else "failed"
    store.run(
        "INSERT OR REPLACE INTO settlements VALUES (?, ?, ?)",
        intent["id"],
        time.time() + delay,
        outcome,
    )
    _complete(store, session, paid=False)
    return Outcome("done")


def settle_session(store: Store, session: Object) -> None:
    """End the bank debit of a session now."""
    sql = "SELECT outcome FROM settlements WHERE intent = ?"
    for row in store.run(sql, session["payment_intent"]):
        settle(store, session["payment_intent"], row["outcome"])


def settle(store: Store, intent_id: str, outcome: str) -> None:
    """End a bank debit that was accepted earlier; call it inside a transaction."""
    store.run("DELETE FROM settlements WHERE intent = ?", intent_id)
    session = next(s for s in store.all("checkout.session") if s["payment_intent"] == intent_id)
    intent = intent_of_session(store, session)
    if outcome == "succeeded":
        _take_money(store, intent, DEBIT_SUCCEEDS)
        session["payment_status"] = "paid"
        store.put(session)
        emit(store, "checkout.session.async_payment_succeeded", session)
        return
    _fail_intent(store, intent, _NO_DEBIT, DEBIT_FAILS)
    emit(store, "checkout.session.async_payment_failed", session)


def _wait_for_customer(store: Store, session: Object) -> None:
    intent = intent_of_session(store, session)
    intent["status"] = "requires_action"
    store.put(intent)
    emit(store, "payment_intent.requires_action", intent)


def _succeed(store: Store, session: Object, number: str) -> None:
    intent = intent_of_session(store, session)
    charge = _take_money(store, intent, number)
    _complete(store, session, paid=True)
    if number == DISPUTED:
        disputes.open_for(store, charge)


def _take_money(store: Store, intent: Object, number: str) -> Object:
    charge = record_charge(store, intent, paid=True, card=number)
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    intent["last_payment_error"] = None
    store.put(intent)
    emit(store, "charge.succeeded", charge)
    emit(store, "payment_intent.succeeded", intent)
    return charge


def _complete(store: Store, session: Object, *, paid: bool) -> None:
    session |= {
        "status": "complete",
        "payment_status": "paid" if paid else "unpaid",
        "url": None,
    }
    store.put(session)
    emit(store, "checkout.session.completed", session)


def _decline(store: Store, session: Object, declined: Declined, number: str) -> None:
    _fail_intent(store, intent_of_session(store, session), declined, number)


def _fail_intent(store: Store, intent: Object, declined: Declined, number: str) -> None:
    charge = record_charge(store, intent, paid=False, failure=declined, card=number)
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = _payment_error(charge, declined)
    store.put(intent)
    emit(store, "charge.failed", charge)
    emit(store, "payment_intent.payment_failed", intent)


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
