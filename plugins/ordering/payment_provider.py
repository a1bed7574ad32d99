"""The narrow interface between an order and whoever takes the money.

A provider only ever learns an order number, an unguessable token, an amount and two
addresses of ours: never a name or a product, and an e-mail address only where the customer
asks for the provider's own receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from prices import Money

# What browsers note as the title of the provider's own page.
PAYMENT_PAGE_TITLE = "Stripe Checkout"


class PaymentProviderError(Exception):
    """The provider could not be reached or answered nonsense; try again later."""


@dataclass(frozen=True)
class OpenedSession:
    """A session at the provider: its reference there and the page to send the customer to.

    `told` is every field that the provider was sent, by its own name, for the customer to read.
    """

    reference: str
    url: str
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionState:
    """What the provider says about a session.

    `paid` carries the `amount` taken and the provider's id of the charge (`raw_id`);
    `processing` means that the customer has done all and the bank has not answered yet;
    `closed` means that no money was taken and none can be taken any more.
    """

    state: Literal["open", "processing", "paid", "closed"]
    amount: Money | None = None
    raw_id: str = ""


@dataclass(frozen=True)
class RefundState:
    """What the provider says about a refund; `reference` is its id there, `error` a code."""

    state: Literal["pending", "succeeded", "failed"]
    reference: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay at the provider's page, as the customer is told of it.

    `asks` is what that page wants to know, `writes` what the provider then sends them, if
    anything. `with_suffix`: the line on the statement has the shop's suffix after the account's
    prefix (https://docs.stripe.com/get-started/account/statement-descriptors: cards only).
    """

    name: Any
    asks: Any
    writes: Any = ""
    with_suffix: bool = True

    @property
    def statement(self) -> str:
        """The whole line on the statement."""
        prefix, suffix = settings.STRIPE_STATEMENT_PREFIX, settings.STRIPE_STATEMENT_SUFFIX
        return statement_line(prefix, suffix if self.with_suffix else "")


def statement_line(prefix: str, suffix: str) -> str:
    """Return the line as Stripe builds it: the account's prefix, `* ` and the suffix."""
    return f"{prefix}* {suffix}" if suffix else prefix


# By Stripe's names. What is not here cannot be switched on: customers would not be told of it.
PAYMENT_METHODS: dict[str, PaymentMethod] = {
    "card": PaymentMethod(
        name=_("Card"),
        asks=_(
            "an e-mail address, the card’s number, date and security code, the name on it, and "
            "its country or postal code. Apple Pay and Google Pay tell it the same by themselves"
        ),
    ),
    "bacs_debit": PaymentMethod(
        name=_("Bank debit"),
        asks=_("an e-mail address, your name and address, and your bank account"),
        writes=_(
            "It writes to you in its own name, with the amount, because banks demand notice of "
            "a debit. Your statement may name it instead of us."
        ),
        with_suffix=False,
    ),
}


def offered_methods() -> dict[str, PaymentMethod]:
    """Return the ways to pay that are switched on, by the provider's names for them."""
    return {name: PAYMENT_METHODS[name] for name in settings.STRIPE_PAYMENT_METHODS}


class PaymentProvider(Protocol):
    """What a payment provider must be able to do.

    Every method may use the network, so none is called inside a transaction. Each raises
    PaymentProviderError when the provider cannot be reached.
    """

    name: str

    def open(
        self,
        *,
        order_number: str,
        order_token: str,
        amount: Money,
        expires_at: datetime,
        return_url: str,
        cancel_url: str,
        idempotency_key: str,
        receipt_email: str = "",
    ) -> OpenedSession:
        """Open a session for `amount`; the same idempotency key gives the same session."""
        ...

    def smallest_charge(self, *, currency: str) -> Money:
        """Return the smallest amount that can be charged. No request is made."""
        ...

    def close(self, *, reference: str) -> SessionState:
        """Make sure that nothing can be paid any more, and say how the session ended."""
        ...

    def look_up(self, *, reference: str) -> SessionState:
        """Say how the session stands, without changing it."""
        ...

    def refund(self, *, charge: str, amount: Money, key: str) -> RefundState:
        """Give `amount` of the charge (a `raw_id`) back; the same key gives the same refund."""
        ...


def get_provider() -> PaymentProvider:
    """Return the provider named by settings.PAYMENT_PROVIDER, or raise ImproperlyConfigured."""
    path = settings.PAYMENT_PROVIDER
    if not path:
        raise ImproperlyConfigured("PAYMENT_PROVIDER is not set: no order can be paid.")
    try:
        provider: PaymentProvider = import_string(path)()
    except ImportError as error:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDER {path} cannot be imported.") from error
    return provider
