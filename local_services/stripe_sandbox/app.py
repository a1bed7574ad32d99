"""The WSGI application: API, hosted payment page and control page behind one port.

The hosted page is plain forms; no JavaScript is needed. The control page, /_sandbox/, is for people
and tests: nothing of it exists at Stripe.
"""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from local_services.stripe_sandbox import (
    delivery,
    disputes,
    errors,
    faults,
    payments,
    refunds,
    sessions,
)
from local_services.stripe_sandbox import sessions as checkout
from local_services.stripe_sandbox.api import Api, NoAnswer
from local_services.stripe_sandbox.options import Options
from local_services.stripe_sandbox.payments import Outcome, ledger
from local_services.stripe_sandbox.specs import show
from local_services.stripe_sandbox.store import Object, Store

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
CARDS = (
    ("4242 4242 4242 4242", "is accepted"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0025 0000 3155", "asks for 3-D Secure"),
    ("4000 0000 0000 0259", "is accepted, and disputed at once"),
    ("4000 0000 0000 5126", "is accepted; its refunds fail later"),
)


def render(name: str, **values: object) -> Response:
    """Return a page."""
    return Response(_TEMPLATES.get_template(name).render(**values), content_type="text/html")


class HostedPage:
    """Shows sessions to customers and takes their payments."""

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store

    def respond(self, request: Request, key: str) -> Response:
        """Show the session's page, or act on its form."""
        with self.store.transaction():
            session = self._find(key)
            if session is None:
                return render("gone.html")
            if request.method == "GET":
                return self._show(session)
            outcome = self._submit(session, request)
            session = sessions.find(self.store, key)
        return self._after(session, outcome)

    def _find(self, key: str) -> Object | None:
        with contextlib.suppress(errors.StripeError):
            return sessions.find(self.store, key)
        return None

    def _submit(self, session: Object, request: Request) -> Outcome:
        form = request.form
        if "authentication" in form:
            passed = form["authentication"] == "passed"
            return payments.authenticate(self.store, session, passed=passed)
        if form.get("method") == "bacs_debit":
            delay = self.options.async_delay
            return payments.pay_by_debit(self.store, session, form.get("account", ""), delay)
        return payments.pay_by_card(self.store, session, form.get("number", ""))

    def _after(self, session: Object, outcome: Outcome) -> Response:
        if outcome.step == "done":
            return redirect(_back(session), code=303)
        if outcome.step == "authenticate":
            return render("authenticate.html", session=session)
        return self._show(session, outcome.message)

    def _show(self, session: Object, message: str = "") -> Response:
        if session["status"] == "complete":
            return redirect(_back(session), code=303)
        if session["status"] == "expired":
            return render("gone.html", back=session["cancel_url"])
        total = show(session["amount_total"], session["currency"])
        return render("pay.html", session=session, total=total, message=message, cards=CARDS)


def _back(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


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
    return disputes.move(store, form["id"], form["outcome"])


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


def control_page(request: Request, store: Store, name: str) -> Response:
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


_PAY, _CONTROL = "/c/pay/", "/_sandbox/"


class Sandbox:
    """Sends each request to the part that knows it."""

    def __init__(self, options: Options, store: Store) -> None:
        self.store = store
        self.api = Api(options, store)
        self.page = HostedPage(options, store)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, or fall silent where a fault says so."""
        try:
            return self._respond(Request(environ))(environ, start)
        except NoAnswer:
            _hang_up(environ)
            return Response(b"")(environ, start)

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(_PAY):
            return self.page.respond(request, request.path.removeprefix(_PAY))
        if request.path.startswith(_CONTROL):
            return control_page(request, self.store, request.path.removeprefix(_CONTROL))
        if request.path == "/":
            return control_page(request, self.store, "")
        return self.api.respond(request)


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the connection under the server's feet; the client sees it break."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
