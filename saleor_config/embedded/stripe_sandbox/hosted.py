"""The hosted payment page. Plain forms; no JavaScript is needed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from saleor_config.embedded.stripe_sandbox import errors, payments, sessions
from saleor_config.embedded.stripe_sandbox.amounts import show
from saleor_config.embedded.stripe_sandbox.options import Options
from saleor_config.embedded.stripe_sandbox.payments import Outcome
from saleor_config.embedded.stripe_sandbox.store import Object, Store

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
