"""What the services answer: plain values, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prices import Money

# Begins the key of a refund that nobody asked for: its payment came when the order was no longer
# held, or was paid already.
UNNEEDED_KEY = "unneeded-"


@dataclass(frozen=True)
class PlacedOrder:
    """An order that holds its stock. `created` is False when it was there already."""

    order_id: int
    order_token: str
    number: str
    total: Money
    created: bool


@dataclass(frozen=True)
class PaymentStart:
    """Where to send the customer to pay; `url` is None when nothing is (left) to pay."""

    url: str | None


@dataclass(frozen=True)
class PaymentOutcome:
    """What became of a payment.

    `already_paid`: this very payment was recorded before. `needs_attention`: the money is
    recorded, but the order does not count as paid by it and staff must look.
    """

    order_id: int
    order_token: str
    state: Literal["paid", "already_paid", "needs_attention"]


@dataclass(frozen=True)
class ReleaseOutcome:
    """What became of a release.

    `paid`: the customer had paid after all, nothing was released. `kept`: the provider
    could not confirm that nothing more can be paid, so the stock stays held for now.
    """

    order_id: int
    order_token: str
    state: Literal["released", "already_released", "paid", "kept"]


@dataclass(frozen=True)
class CancelOutcome:
    """An order that is canceled now. `created` is False when it had been canceled before.

    `refunds` are what was asked to go back by this very call; none for an unpaid order.
    """

    order_id: int
    created: bool
    refunds: tuple[RefundOutcome, ...]


@dataclass(frozen=True)
class RefundOutcome:
    """What became of a refund; `created` is False when it had been asked for before."""

    refund_id: int
    amount: Money
    state: Literal["asked", "pending", "succeeded", "failed"]
    created: bool
