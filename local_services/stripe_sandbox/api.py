"""The /v1 API: keys, versions, idempotency, faults, and the endpoints behind them.

Idempotency keys as Stripe keeps them (https://docs.stripe.com/api/idempotent_requests): the first
answer of a key is given again, an error 500 too; other parameters under the same key are refused; a
request that failed its validation leaves the key free.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local_services.stripe_sandbox import (
    disputes,
    errors,
    events,
    faults,
    payments,
    refunds,
    sessions,
    specs,
)
from local_services.stripe_sandbox.events import API_VERSION
from local_services.stripe_sandbox.options import Options
from local_services.stripe_sandbox.store import Context, Object, Store, new_id, present


@dataclass(frozen=True)
class ApiAnswer:
    """An answer as it goes out: status and JSON text.

    `kept`: every later request with the key gets it again. `first` is the request that it was
    made for, when this is such a later one.
    """

    status: int
    body: str
    kept: bool = False
    first: str = ""


def fingerprint(method: str, path: str, body: str) -> str:
    """Return a mark of what was asked."""
    return hashlib.sha256(f"{method} {path}\n{body}".encode()).hexdigest()


def claim_key(store: Store, *, key: str, asked: str, request: str) -> ApiAnswer | None:
    """Claim the key; return the earlier answer if there is one, or refuse."""
    with store.transaction():
        rows = store.run("SELECT * FROM answers WHERE key = ?", key)
        if not rows:
            store.run("INSERT INTO answers VALUES (?, ?, ?, NULL, NULL)", key, asked, request)
            return None
    row = rows[0]
    if row["asked"] != asked:
        raise errors.key_reused(key)
    if row["status"] is None:
        raise errors.key_in_use(key)
    return ApiAnswer(row["status"], row["body"], kept=True, first=row["request"])


def keep_answer(store: Store, *, key: str, answer: ApiAnswer) -> ApiAnswer:
    """Keep the answer for every later request with this key."""
    sql = "UPDATE answers SET status = ?, body = ? WHERE key = ?"
    store.run(sql, answer.status, answer.body, key)
    return replace(answer, kept=True)


def release_key(store: Store, *, key: str) -> None:
    """Free the key: nothing had begun to run."""
    store.run("DELETE FROM answers WHERE key = ? AND status IS NULL", key)


Endpoint = Callable[..., Object]
MAX_KEY = 255  # characters of an idempotency key
_SESSIONS, _REFUNDS = "/v1/checkout/sessions", "/v1/refunds"


def account(context: Context, given: dict[str, Any]) -> Object:
    """Return the account of the key: what stands on statements, and little else."""
    specs.RETRIEVE(given, "")
    return {
        "id": "acct_sandbox",
        "object": "account",
        "settings": {
            "bacs_debit_payments": {"display_name": None, "service_user_number": None},
            "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
            "card_payments": {
                "decline_on": None,
                "statement_descriptor_prefix": specs.PREFIX,
                "statement_descriptor_prefix_kana": None,
                "statement_descriptor_prefix_kanji": None,
            },
            "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": specs.PREFIX},
        },
    }


def _rule(method: str, path: str, endpoint: Endpoint) -> Rule:
    return Rule(path, methods=[method], endpoint=endpoint)


ROUTES = Map(
    [
        _rule("POST", _SESSIONS, sessions.create),
        _rule("GET", _SESSIONS, sessions.list_all),
        _rule("GET", f"{_SESSIONS}/<key>", sessions.retrieve),
        _rule("POST", f"{_SESSIONS}/<key>/expire", sessions.expire),
        _rule("GET", "/v1/payment_intents/<key>", payments.retrieve_intent),
        _rule("GET", "/v1/charges/<key>", payments.retrieve_charge),
        _rule("POST", _REFUNDS, refunds.create),
        _rule("GET", _REFUNDS, refunds.list_all),
        _rule("GET", f"{_REFUNDS}/<key>", refunds.retrieve),
        _rule("GET", "/v1/account", account),
        _rule("GET", "/v1/disputes", disputes.list_all),
        _rule("GET", "/v1/disputes/<key>", disputes.retrieve),
        _rule("GET", "/v1/events", events.list_all),
        _rule("GET", "/v1/events/<key>", events.retrieve),
    ]
)


class Api:
    """Answers API requests."""

    def __init__(self, options: Options, store: Store) -> None:
        self.options = options
        self.store = store

    def respond(self, request: Request) -> Response:
        """Answer one request, badly if a fault says so."""
        context = Context(
            self.store,
            self.options.origin,
            new_id("req"),
            request.headers.get("Idempotency-Key", ""),
        )
        fault = faults.take(self.store, "api", f"{request.method} {request.path}")
        answer = self._answer(request, context, fault)
        self._note(request, context, answer)
        return _response(request, context, answer)

    def _answer(self, request: Request, context: Context, fault: faults.Fault | None) -> ApiAnswer:
        mode = fault.mode if fault else ""
        if mode == "error_500":
            return _failure(errors.server_error())
        if mode == "rate_limit":
            return _failure(errors.too_many_requests())
        if mode == "timeout":
            raise _no_answer(fault)
        if mode == "delay":
            _wait(fault)
        answer = self._keyed(request, context, fail=mode == "error_500_after")
        if mode in {"answer_late", "reset"}:
            raise _no_answer(fault)
        return answer

    def _keyed(self, request: Request, context: Context, *, fail: bool) -> ApiAnswer:
        try:
            self._authenticate(request)
            _check_version(request)
            if request.method != "POST" or not context.idempotency_key:
                return self._run(request, context, fail=fail)
            return self._once(request, context, fail=fail)
        except errors.StripeError as error:
            return _failure(error)

    def _once(self, request: Request, context: Context, *, fail: bool) -> ApiAnswer:
        """Run the request unless its key has an answer; act and answer are kept together."""
        key = context.idempotency_key
        if len(key) > MAX_KEY:
            raise errors.key_too_long(MAX_KEY)
        asked = fingerprint(request.method, request.path, _body(request))
        earlier = claim_key(self.store, key=key, asked=asked, request=context.request_id)
        if earlier is not None:
            return earlier
        try:
            with self.store.transaction():
                answer = self._run(request, context, fail=fail)
                return keep_answer(self.store, key=key, answer=answer)
        except errors.StripeError as error:
            if not error.saved:
                release_key(self.store, key=key)
                raise
            return keep_answer(self.store, key=key, answer=_failure(error))
        except BaseException:
            release_key(self.store, key=key)
            raise

    def _run(self, request: Request, context: Context, *, fail: bool) -> ApiAnswer:
        endpoint, names = _match(request)
        given = specs.parse_form(_body(request))
        with self.store.transaction():
            thing = endpoint(context, given, **names)
            shown = present(self.store, thing, _expansions(given))
        if fail:
            return _failure(errors.server_error())
        return ApiAnswer(200, json.dumps(shown, indent=2))

    def _authenticate(self, request: Request) -> None:
        key = _api_key(request)
        if not key:
            raise errors.no_key()
        if key != self.options.api_key:
            raise errors.wrong_key(key)

    def _note(self, request: Request, context: Context, answer: ApiAnswer) -> None:
        """Keep what was asked, so that tests can read every word the shop sends."""
        self.store.run(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?)",
            context.request_id,
            request.method,
            request.full_path,
            f"{request.get_data(as_text=True)}\n{request.headers}".replace(
                self.options.api_key, "[key]"
            ),
            answer.status,
        )


class NoAnswer(Exception):  # noqa: N818  no answer at all is not an error of ours
    """The connection is to be closed without an answer."""


def _no_answer(fault: faults.Fault | None) -> NoAnswer:
    _wait(fault)
    return NoAnswer()


def _wait(fault: faults.Fault | None) -> None:
    time.sleep(fault.seconds if fault else 0)


def _failure(error: errors.StripeError) -> ApiAnswer:
    return ApiAnswer(error.status, json.dumps(error.body(), indent=2))


def _match(request: Request) -> tuple[Endpoint, dict[str, str]]:
    try:
        endpoint, names = ROUTES.bind("sandbox").match(request.path, request.method)
    except HTTPException as error:
        raise errors.StripeError(
            f"Unrecognized request URL ({request.method}: {request.path}). Please see "
            "https://stripe.com/docs or we can help at https://support.stripe.com/.",
            status=404,
        ) from error
    return endpoint, dict(names)


def _body(request: Request) -> str:
    if request.method == "GET":
        return request.query_string.decode()
    return request.get_data(as_text=True)


def _expansions(given: dict[str, Any]) -> list[str]:
    return list(given.get("expand", {}).values())


def _api_key(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        return base64.b64decode(value).decode().partition(":")[0]
    return value if scheme == "Bearer" else ""


def _check_version(request: Request) -> None:
    version = request.headers.get("Stripe-Version", API_VERSION)
    if version != API_VERSION:  # what it knows by heart; of older ones it would answer wrongly
        raise errors.StripeError(f"Invalid Stripe API version: {version}")


def _response(request: Request, context: Context, answer: ApiAnswer) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers["Request-Id"] = context.request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    if context.idempotency_key:
        response.headers["Idempotency-Key"] = context.idempotency_key
    if answer.first:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = answer.first
    if answer.kept and answer.status >= 500:  # noqa: PLR2004  a retry would only say the same
        response.headers["Stripe-Should-Retry"] = "false"
    return response
