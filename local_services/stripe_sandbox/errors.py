"""Stripe's errors, in Stripe's shape (https://docs.stripe.com/api/errors)."""

from __future__ import annotations

from typing import Any


class StripeError(Exception):
    """An error answer: its HTTP status, and what stands in the `error` object."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = False
        self._fields = {"message": message, "type": kind, "code": code, "param": param}

    def body(self) -> dict[str, Any]:
        """Return the JSON body; empty fields are left out, as Stripe does."""
        fields = {key: value for key, value in self._fields.items() if value}
        if code := self._fields["code"]:
            fields["doc_url"] = doc_url(code)
        return {"error": fields}


def doc_url(code: str) -> str:
    """Return the page of Stripe's documentation about an error code."""
    return f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"


def unknown_parameter(name: str) -> StripeError:
    """The request names a parameter that the endpoint does not have."""
    return StripeError(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> StripeError:
    """A required parameter is not there."""
    return StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)


def invalid(name: str, message: str, code: str = "") -> StripeError:
    """A parameter has a value that Stripe refuses."""
    return StripeError(message, code=code, param=name)


def no_such(kind: str, key: str, param: str) -> StripeError:
    """The id names nothing."""
    return StripeError(f"No such {kind}: '{key}'", code="resource_missing", param=param, status=404)


def refused(message: str, code: str = "") -> StripeError:
    """The request is well-formed, but the object's state does not allow it.

    Such answers are kept under the idempotency key: the endpoint had begun to run.
    """
    error = StripeError(message, code=code)
    error.saved = True
    return error


def no_key() -> StripeError:
    """The request carries no API key."""
    return StripeError(
        "You did not provide an API key. You need to provide your API key in the Authorization "
        "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        status=401,
    )


def wrong_key(key: str) -> StripeError:
    """The request's API key is not ours. Only its ends are shown."""
    return StripeError(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", status=401)


def key_too_long(most: int) -> StripeError:
    """The idempotency key is longer than Stripe keeps."""
    return StripeError(f"Idempotency keys must be at most {most} characters long.")


def key_reused(key: str) -> StripeError:
    """The idempotency key was used for another request."""
    return StripeError(
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different "
        "request.",
        kind="idempotency_error",
    )


def key_in_use(key: str) -> StripeError:
    """The first request with this idempotency key has not ended yet."""
    return StripeError(
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        kind="idempotency_error",
        code="idempotency_key_in_use",
        status=409,
    )


def server_error() -> StripeError:
    """Something broke on Stripe's side."""
    return StripeError(
        "An unknown error occurred. Our team has been notified.", kind="api_error", status=500
    )


def too_many_requests() -> StripeError:
    """The rate limit is reached."""
    return StripeError(
        "Request rate limit exceeded. Learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        code="rate_limit",
        status=429,
    )
