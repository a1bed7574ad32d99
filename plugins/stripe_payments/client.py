"""The only module that knows Stripe's SDK; everything else sees the small types of policies.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import stripe
from django.conf import settings
from stripe import RequestsClient

from plugins.stripe_payments.policies import (
    API_VERSION,
    CONNECT_TIMEOUT,
    NETWORK_RETRIES,
    READ_TIMEOUT,
    SIGNATURE_TOLERANCE,
    DisputeData,
    EventData,
    NewSession,
    RefundData,
    SessionData,
)

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams, RefundListParams
    from stripe.params.checkout import SessionCreateParams, SessionListParams

stripe.enable_telemetry = False  # Stripe needs no figures about our server

Result = TypeVar("Result")
_EXPAND = ["payment_intent"]
_PAGE = 100


class StripeUnavailable(Exception):  # noqa: N818  says what is wrong
    """Stripe did not answer, or not usefully: whether it acted is not known."""


class StripeRefused(Exception):  # noqa: N818  says what happened
    """Stripe did not do it. `code` is Stripe's error code, safe to log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadSignature(Exception):  # noqa: N818  says what is wrong
    """A webhook is not from Stripe, or too old."""


@dataclass(frozen=True)
class Stripe:
    """The calls this shop makes. Each may use the network: none belongs into a transaction.

    Raises StripeUnavailable or StripeRefused. Time-outs, broken connections, 409, 429 and 5xx
    were tried again before, under the same idempotency key.
    """

    sdk: stripe.StripeClient
    webhook_secret: str

    def create_session(self, new: NewSession) -> SessionData:
        """Open a hosted payment page for exactly one amount."""
        key = new.key
        return _session(
            _call(
                lambda: self.sdk.v1.checkout.sessions.create(
                    _session_params(new), options={"idempotency_key": key}
                )
            )
        )

    def get_session(self, reference: str) -> SessionData:
        """Return the session as it is now."""
        return _session(
            _call(lambda: self.sdk.v1.checkout.sessions.retrieve(reference, {"expand": _EXPAND}))
        )

    def expire_session(self, reference: str) -> SessionData:
        """End an open session; StripeRefused if it is not open any more."""
        return _session(
            _call(
                lambda: self.sdk.v1.checkout.sessions.expire(
                    reference,
                    {"expand": _EXPAND},
                    options={"idempotency_key": f"expire-{reference}"},
                )
            )
        )

    def find_session(self, *, key: str, since: datetime) -> SessionData | None:
        """Look for a session that a request with this key may have opened since then."""
        found = self.list_sessions(since=since)
        return next((session for session in found if session.key == key), None)

    def list_sessions(self, *, since: datetime, status: str = "") -> Iterator[SessionData]:
        """Yield the sessions opened since then, newest first."""
        params: SessionListParams = {
            "created": {"gte": int(since.timestamp())},
            "limit": _PAGE,
            "expand": ["data.payment_intent"],
        }
        if status:
            params["status"] = status
        page = _call(lambda: self.sdk.v1.checkout.sessions.list(params))
        yield from _paged(page, _session)

    def session_of_intent(self, intent: str) -> SessionData | None:
        """Return the session that a payment intent belongs to."""
        params: SessionListParams = {"payment_intent": intent, "limit": 1}
        page = _call(lambda: self.sdk.v1.checkout.sessions.list(params))
        found = [_session(session) for session in page.data]
        return self.get_session(found[0].reference) if found else None

    def create_refund(self, *, intent: str, amount: int, key: str) -> RefundData:
        """Give `amount` (smallest unit) of a payment back, once per payment and key."""
        params: RefundCreateParams = {
            "payment_intent": intent,
            "amount": amount,
            "metadata": {"refund": key},
        }
        options: stripe.RequestOptions = {"idempotency_key": f"refund-{intent}-{key}"}
        return _refund(_call(lambda: self.sdk.v1.refunds.create(params, options=options)))

    def get_refund(self, reference: str) -> RefundData:
        """Return the refund as it is now."""
        return _refund(_call(lambda: self.sdk.v1.refunds.retrieve(reference)))

    def list_refunds(self, *, intent: str) -> Iterator[RefundData]:
        """Yield the refunds of a payment, newest first."""
        page = _call(lambda: self.sdk.v1.refunds.list({"payment_intent": intent, "limit": _PAGE}))
        yield from _paged(page, _refund)

    def refunds_since(self, since: datetime) -> Iterator[RefundData]:
        """Yield the refunds made since then, newest first."""
        params: RefundListParams = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
        page = _call(lambda: self.sdk.v1.refunds.list(params))
        yield from _paged(page, _refund)

    def get_dispute(self, reference: str) -> DisputeData:
        """Return the dispute as it is now."""
        return _dispute(_call(lambda: self.sdk.v1.disputes.retrieve(reference)))

    def statement_descriptors(self) -> tuple[str, ...]:
        """Return what stands first on statements: of cards, and of every other payment.

        Raises StripeRefused if the key may not read the account.
        """
        account = _call(self.sdk.v1.accounts.retrieve_current)
        known = account.settings
        card = known.card_payments.statement_descriptor_prefix if known else None
        other = known.payments.statement_descriptor if known else None
        return (card or other or "", other or card or "")

    def read_event(self, payload: bytes, signature: str) -> EventData:
        """Return what a webhook is about, or raise BadSignature. Its content is not trusted
        further than that: states are asked of Stripe.
        """
        try:
            event = self.sdk.construct_event(
                payload, signature, self.webhook_secret, tolerance=SIGNATURE_TOLERANCE
            )
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise BadSignature(_refusal_reason(error)) from error
        return EventData(
            event_id=event.id,
            kind=event.type,
            object_id=str(getattr(event.data.object, "id", "")),
            livemode=event.livemode,
            created=event.created,
        )


class RetryingClient(RequestsClient):
    """The SDK's HTTP client, which also waits and tries again when Stripe says "too many"."""

    def _should_retry(
        self,
        response: Any,
        api_connection_error: Any,
        num_retries: int,
        max_network_retries: int | None,
    ) -> bool:
        limited = response is not None and response[1] == 429  # noqa: PLR2004  HTTP
        if limited and num_retries < (max_network_retries or 0):
            return True
        return bool(
            super()._should_retry(response, api_connection_error, num_retries, max_network_retries)
        )


def get_stripe() -> Stripe:
    """Return the account of the settings; keys come from the environment only."""
    return _stripe(
        settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE
    )


@lru_cache(maxsize=4)
def _stripe(api_key: str, webhook_secret: str, base: str) -> Stripe:
    sdk = stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=NETWORK_RETRIES,
        http_client=RetryingClient(timeout=(CONNECT_TIMEOUT, READ_TIMEOUT)),
    )
    return Stripe(sdk, webhook_secret)


def _session_params(new: NewSession) -> SessionCreateParams:
    """Return all that Stripe learns: a number, an amount, two addresses, a statement text."""
    metadata = {"order": new.order_number, "session": new.key}
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": new.currency.lower(),
                    "unit_amount": new.amount,
                    "product_data": {"name": f"Order {new.order_number}"},
                },
            }
        ],
        "client_reference_id": new.order_number,
        "metadata": metadata,
        "payment_intent_data": {
            "description": f"Order {new.order_number}",
            "metadata": metadata,
            "statement_descriptor_suffix": new.statement_suffix,
        },
        # of what the account has switched on, only what the Contract tells the customer of
        "allowed_payment_method_types": [*new.methods],
        "wallet_options": {"link": {"display": "never"}},  # it would keep an account at Stripe
        "adaptive_pricing": {"enabled": False},  # the amount stays the order's, to the penny
        "success_url": new.success_url,
        "cancel_url": new.cancel_url,
        "expires_at": new.expires_at,
        "expand": _EXPAND,
    }
    if new.receipt_email:
        params["payment_intent_data"]["receipt_email"] = new.receipt_email
        params["customer_email"] = new.receipt_email
    return params


def told_in(new: NewSession) -> dict[str, str]:
    """Return every field of the request for this session, by Stripe's name and in its order."""
    return dict(_flat("", _session_params(new)))


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the leaves of a parameter with their paths, as they go over the wire."""
    if isinstance(value, dict | list):
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, part in named:
            yield from _flat(f"{path}[{name}]" if path else str(name), part)
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def _call(request: Callable[[], Result]) -> Result:
    try:
        return request()
    except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as error:
        raise StripeUnavailable(type(error).__name__) from error
    except stripe.IdempotencyError as error:
        raise StripeUnavailable("idempotency") from error
    except stripe.StripeError as error:
        raise StripeRefused(error.code or type(error).__name__, error.user_message or "") from error


def _paged(page: Any, convert: Callable[[Any], Result]) -> Iterator[Result]:
    pages = page.auto_paging_iter()
    while (thing := _call(lambda: next(pages, None))) is not None:
        yield convert(thing)


def _session(session: stripe.checkout.Session) -> SessionData:
    intent = session.payment_intent
    expanded = intent if isinstance(intent, stripe.PaymentIntent) else None
    return SessionData(
        reference=session.id,
        url=session.url or "",
        status=session.status or "",
        payment_status=session.payment_status,
        amount=session.amount_total or 0,
        currency=session.currency or "",
        order_number=session.client_reference_id or "",
        key=_metadata_value(session.metadata, "session"),
        intent=expanded.id if expanded else str(intent or ""),
        intent_status=expanded.status if expanded else "",
        failure=_failure(expanded),
    )


def _failure(intent: stripe.PaymentIntent | None) -> str:
    error = intent.last_payment_error if intent else None
    # Stripe leaves out what an error has not: only cards have a decline code
    known = (getattr(error, name, "") for name in ("decline_code", "code"))
    return next(filter(None, known), "declined") if error else ""


def _refund(refund: stripe.Refund) -> RefundData:
    return RefundData(
        reference=refund.id,
        intent=_id(refund.payment_intent),
        amount=refund.amount,
        currency=refund.currency,
        status=refund.status or "",
        key=_metadata_value(refund.metadata, "refund"),
    )


def _dispute(dispute: stripe.Dispute) -> DisputeData:
    return DisputeData(
        reference=dispute.id,
        intent=_id(dispute.payment_intent),
        amount=dispute.amount,
        currency=dispute.currency,
        status=dispute.status,
        reason=dispute.reason,
    )


def _id(thing: Any) -> str:
    return str(getattr(thing, "id", thing) or "")


def _metadata_value(metadata: stripe.StripeObject | None, name: str) -> str:
    return str(metadata[name]) if metadata is not None and name in metadata else ""


def _refusal_reason(error: Exception) -> str:
    old = "tolerance" in str(error)
    return "stale" if old else "unreadable" if isinstance(error, ValueError) else "forged"
