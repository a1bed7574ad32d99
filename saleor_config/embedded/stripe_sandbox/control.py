"""/_sandbox/: for people and tests. Nothing here exists at Stripe."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from saleor_config.embedded.stripe_sandbox import (
    delivery,
    disputes,
    errors,
    faults,
    payments,
    refunds,
)
from saleor_config.embedded.stripe_sandbox import sessions as checkout
from saleor_config.embedded.stripe_sandbox.amounts import show
from saleor_config.embedded.stripe_sandbox.hosted import render
from saleor_config.embedded.stripe_sandbox.ledger import ledger
from saleor_config.embedded.stripe_sandbox.store import Object, Store

Action = Callable[[Store, dict[str, str]], Any]


def _fault(store: Store, form: dict[str, str]) -> None:
    faults.add(
        store,
        place=form["place"],
        pattern=form.get("pattern") or "*",
        mode=form["mode"],
        seconds=float(form.get("seconds") or 0),
        times=int(form.get("times") or 1),
    )


def _behave(store: Store, _form: dict[str, str]) -> None:
    faults.clear(store)


def _clock(store: Store, form: dict[str, str]) -> None:
    store.move_clock(int(form["seconds"]))


def _expire(store: Store, form: dict[str, str]) -> None:
    session = checkout.find(store, form["id"])
    if session["status"] == "open":
        checkout.close(store, session)


def _settle(store: Store, form: dict[str, str]) -> None:
    payments.settle_session(store, checkout.find(store, form["id"]))


def _dispute(store: Store, form: dict[str, str]) -> Object:
    return disputes.close(store, form["id"], won=form["outcome"] == "won")


def _refund(store: Store, form: dict[str, str]) -> Object:
    return refunds.finish(store, form["id"])


def _resend(store: Store, form: dict[str, str]) -> None:
    delivery.resend(store, form["id"])


ACTIONS: dict[str, Action] = {
    "faults": _fault,
    "behave": _behave,
    "clock": _clock,
    "expire": _expire,
    "settle": _settle,
    "dispute": _dispute,
    "refund": _refund,
    "resend": _resend,
}


def _requests(store: Store) -> list[Object]:
    return [dict(row) for row in store.run("SELECT * FROM requests")]


def _deliveries(store: Store) -> list[Object]:
    return [dict(row) for row in store.run("SELECT * FROM deliveries")]


READERS: dict[str, Callable[[Store], Any]] = {
    "ledger": ledger,
    "requests": _requests,
    "deliveries": _deliveries,
    "sessions": lambda store: store.all("checkout.session"),
}


def respond(request: Request, store: Store, name: str) -> Response:
    """Show the page, answer a question as JSON, or do something and show the page again."""
    if request.method == "POST" and name in ACTIONS:
        return _act(request, store, ACTIONS[name])
    if name in READERS:
        return Response(json.dumps(READERS[name](store)), content_type="application/json")
    return _page(store)


def _act(request: Request, store: Store, action: Action) -> Response:
    try:
        with store.transaction():
            action(store, request.form.to_dict())
    except (KeyError, ValueError, errors.StripeError) as error:
        return Response(f"{error}\n", 400)
    return _page(store)


def _page(store: Store) -> Response:
    return render(
        "control.html",
        payments=ledger(store)["payments"],
        disputes=store.all("dispute"),
        refunds=store.all("refund"),
        events=store.all("event")[:50],
        faults=store.run("SELECT * FROM faults WHERE left > 0"),
        api_modes=faults.API_MODES,
        webhook_modes=faults.WEBHOOK_MODES,
        show=show,
    )
