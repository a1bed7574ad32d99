"""/v1/checkout/sessions: create, retrieve, list, expire."""

from __future__ import annotations

from typing import Any

from local_services.stripe_sandbox import errors, specs
from local_services.stripe_sandbox.events import emit
from local_services.stripe_sandbox.specs import check_total
from local_services.stripe_sandbox.store import Context, Object, Store, listing, new_id

MIN_LIFETIME, MAX_LIFETIME = 30 * 60, 24 * 60 * 60


def create(context: Context, given: dict[str, Any]) -> Object:
    """Open a session for the sum of its line items."""
    asked = specs.SESSION_CREATE(given, "")
    if asked["mode"] != "payment":
        raise errors.invalid("mode", "The sandbox only knows mode=payment.")
    now = context.store.now()
    expires_at = _expiry(asked.get("expires_at"), now)
    currency, total = _total(asked["line_items"])
    session = _session(context, asked, total, currency)
    session |= {"created": now, "expires_at": expires_at}
    return context.store.put(session)


def _expiry(asked: int | None, now: int) -> int:
    if asked is None:
        return now + MAX_LIFETIME
    name = "expires_at"
    if asked < now + MIN_LIFETIME:
        message = (
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
        raise errors.invalid(name, message)
    if asked > now + MAX_LIFETIME:
        message = (
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        )
        raise errors.invalid(name, message)
    return asked


def _total(items: list[dict[str, Any]]) -> tuple[str, int]:
    currencies = {item["price_data"]["currency"].lower() for item in items}
    if len(currencies) != 1:
        raise errors.invalid("line_items", "All line items must have the same currency.")
    for place, item in enumerate(items):
        _check_item(item, f"line_items[{place}]")
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    currency = currencies.pop()
    check_total(total, currency)
    return currency, total


def _check_item(item: dict[str, Any], name: str) -> None:
    if "quantity" not in item:
        raise errors.missing_parameter(f"{name}[quantity]")
    for key in ("product_data", "unit_amount"):
        if key not in item["price_data"]:
            raise errors.missing_parameter(f"{name}[price_data][{key}]")


def _session(context: Context, asked: dict[str, Any], total: int, currency: str) -> Object:
    key = new_id("cs_test")
    methods = _methods(asked)
    return {
        "id": key,
        "object": "checkout.session",
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer": None,
        "customer_details": None,
        "customer_email": asked.get("customer_email"),
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": methods,
        "payment_status": "unpaid",
        "shipping_options": [],
        "status": "open",
        "success_url": asked["success_url"],
        "ui_mode": asked.get("ui_mode", "hosted_page"),
        "url": f"{context.origin}/c/pay/{key}",
        "wallet_options": asked.get("wallet_options"),
        "_items": [_item(item) for item in asked["line_items"]],
        "_intent_data": asked.get("payment_intent_data", {}),
    }


def _methods(asked: dict[str, Any]) -> list[str]:
    """Return what the account has switched on and the session allows; refuse an empty choice."""
    allowed = asked.get("allowed_payment_method_types", specs.ACCOUNT_METHODS)
    methods = [method for method in specs.ACCOUNT_METHODS if method in allowed]
    if not methods:
        raise errors.invalid(
            "allowed_payment_method_types",
            "No valid payment method types for this Checkout Session.",
        )
    return methods


def _item(item: dict[str, Any]) -> dict[str, Any]:
    price = item["price_data"]
    return {
        "name": price["product_data"]["name"],
        "amount": price["unit_amount"] * item["quantity"],
    }


def find(store: Store, key: str) -> Object:
    """Return the session as it is now, expired if its time is over."""
    session = store.get(key)
    if session is None or session["object"] != "checkout.session":
        raise errors.no_such("checkout.session", key, "session")
    if session["status"] == "open" and session["expires_at"] <= store.now():
        return close(store, session)
    return session


def retrieve(context: Context, given: dict[str, Any], key: str) -> Object:
    """Return one session."""
    specs.RETRIEVE(given, "")
    return find(context.store, key)


def expire(context: Context, given: dict[str, Any], key: str) -> Object:
    """End an open session, so that nobody can pay it any more."""
    specs.NOTHING(given, "")
    session = find(context.store, key)
    if session["status"] != "open":
        raise errors.refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}."
        )
    return close(context.store, session, request=context.request_id)


def close(store: Store, session: Object, *, request: str = "") -> Object:
    """Mark a session as expired and cancel its payment intent."""
    session |= {"status": "expired", "url": None}
    store.put(session)
    intent = store.get(session["payment_intent"] or "")
    if intent is not None and intent["status"] != "succeeded":
        intent |= {"status": "canceled", "canceled_at": store.now()}
        store.put(intent)
        emit(store, "payment_intent.canceled", intent)
    emit(store, "checkout.session.expired", session, request=request)
    return session


def expire_overdue(store: Store) -> None:
    """Expire every open session whose time is over."""
    for session in store.all("checkout.session"):
        if session["status"] == "open":
            find(store, session["id"])


def list_all(context: Context, given: dict[str, Any]) -> Object:
    """Return sessions, newest first."""
    asked = specs.SESSION_LIST(given, "")
    found = [find(context.store, s["id"]) for s in context.store.all("checkout.session")]
    return listing("/v1/checkout/sessions", found, asked, fields=("payment_intent", "status"))
