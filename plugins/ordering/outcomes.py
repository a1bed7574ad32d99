"""What the services of ordering return, and how they refuse.

A refusal is an exception whose message a customer, or staff, can act on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from prices import Money

from product_content.decisions import Refused
from product_content.shop_settings import Pause, shop_facts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from plugins.ordering.pricing import LeftOut, Picture


class OrderRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """Base of every refusal. `message` is plain English for the customer."""

    message: StrOrPromise = _("Your order could not be placed. Nothing was charged.")

    def __str__(self) -> str:
        return str(self.message)


class BasketGone(OrderRefused):
    """The basket does not exist any more, or belongs to someone else."""

    message = _("This basket is no longer there. Nothing was charged.")


class BasketEmpty(OrderRefused):
    """The basket has no lines."""

    message = _("Your basket is empty.")


Step = Literal["address", "delivery", "discretion"]
_STEP_MESSAGES: dict[Step, StrOrPromise] = {
    "address": _("Please tell us where to send your order and how to reach you."),
    "delivery": _("Please choose how we should deliver your order."),
    "discretion": _(
        "Something you chose about your parcel does not fit any more. Please look again."
    ),
}


class BasketIncomplete(OrderRefused):
    """A checkout step is missing or no longer fits; `step` says which one."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step
        self.message = _STEP_MESSAGES[step]


@dataclass(frozen=True)
class ShortLine:
    """A basket line that cannot be served in full; quantities are in pieces."""

    name: str
    wanted: int
    available: int


class SoldOut(OrderRefused):
    """Less is left than the basket asks for; `lines` names each short line."""

    def __init__(self, lines: tuple[ShortLine, ...]) -> None:
        super().__init__(lines)
        self.lines = lines
        self.message = " ".join(_shortage_message(line) for line in lines)


def _shortage_message(line: ShortLine) -> str:
    if line.available <= 0:
        return gettext("%(name)s has just sold out.") % {"name": line.name}
    return gettext("Only %(left)s of %(name)s left; your basket has %(wanted)s.") % {
        "left": line.available,
        "name": line.name,
        "wanted": line.wanted,
    }


class NotForSale(OrderRefused):
    """The basket has goods that this shop may not sell; `message` names them and says why."""

    def __init__(self, names: tuple[str, ...], reason: str) -> None:
        super().__init__(names, reason)
        self.names = names
        self.message = f"{', '.join(names)}: {reason}"


class PromoNotApplicable(OrderRefused):
    """The voucher or gift card in the basket cannot be used (any more); `reason` may say why."""

    message: StrOrPromise = _(
        "Your code cannot be used for this order. Remove it, or try another one."
    )

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        if reason:
            self.message = reason


class DeliveryGone(BasketIncomplete):
    """The chosen delivery does not apply any more; `delivery` says which one, and why."""

    def __init__(self, delivery: LeftOut) -> None:
        super().__init__("delivery")
        self.delivery = delivery
        self.message = gettext("%(name)s cannot be chosen any more. %(reason)s") % {
            "name": delivery.name,
            "reason": delivery.reason,
        }


class ShownChanged(OrderRefused):
    """What the customer was shown is not what the basket is now; nothing was reserved.

    `shown` is what they saw, None if the form did not carry it; `now` is what they would get.
    """

    message = _("Something has changed since you last saw it. Nothing was charged.")

    def __init__(self, *, shown: Picture | None, now: Picture) -> None:
        super().__init__(shown, now)
        self.shown, self.now = shown, now


class TotalTooSmall(OrderRefused):
    """Less is to be paid than the payment provider can charge; `message` says both sums."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TooManyPieces(OrderRefused):
    """The basket has more pieces than one order may hold; `message` says how to get them all."""

    def __init__(self, *, limit: int, pieces: int) -> None:
        super().__init__(limit, pieces)
        self.message = gettext(
            "One order can hold at most %(limit)s pieces, and your basket has %(pieces)s. It is "
            "kept as it is. If you need that many, please write to us at %(email)s: we are glad to "
            "send them to you."
        ) % {"limit": limit, "pieces": pieces, "email": shop_address()}


class HoldsTooMuch(OrderRefused):
    """Too much waits for its payment already; `soon`: it ends by itself within the hour."""

    def __init__(self, *, soon: bool) -> None:
        super().__init__(soon)
        later = gettext("try again in half an hour") if soon else gettext("try again in some hours")
        self.message = gettext(
            "Several orders from here were placed and not paid, so we cannot hold anything more "
            "just now: others want to buy it, too. Please pay for one of those orders, or "
            "%(later)s. Nothing was charged. If this is not right for you, please write to us at "
            "%(email)s: we are glad to help."
        ) % {"later": later, "email": shop_address()}


def shop_address() -> str:
    """Return the e-mail address at which customers write to the shop."""
    return shop_facts().contact_email


class OrdersPaused(OrderRefused):
    """The shop takes no orders now; `message` is the manager's, or the usual one."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(pause)
        self.message = pause_message(pause)


def pause_message(pause: Pause) -> str:
    """Return what customers read while no orders are taken."""
    return pause.message or gettext(
        "We are taking no new orders at the moment. Your basket is kept for you."
    )


class OrderReleased(OrderRefused):
    """The order was cancelled or its reservation ended before it was paid."""

    message = _("This order is no longer held for you. Your basket is kept; please try again.")


class PaymentUnavailable(OrderRefused):
    """The payment provider could not be reached; the order is still held."""

    message = _("We cannot reach our payment service right now. Please try again in a moment.")


class PaymentProcessing(OrderRefused):
    """The customer has paid by bank debit, and the bank has not answered yet."""

    message = _(
        "Your bank payment is on its way, there is nothing to do. Most banks take a few working "
        "days; we write to you when it has arrived. Until then the order cannot be changed."
    )


class PaymentBeingChecked(OrderRefused):
    """Money came in that does not fit the order; staff look at it before anything else."""

    message = _(
        "We have received a payment for this order and are checking it. Please do not pay again."
    )


class UnknownPayment(LookupError):  # noqa: N818  reads as what it is
    """No payment session has this provider and reference."""


class CancelRefused(Refused):
    """An order cannot be cancelled (any more); `str()` says why, in words for the customer."""


class RefundRefused(Refused):
    """A refund cannot be made; `str()` says why, in words for staff."""


class CloseRefused(Refused):
    """An order cannot be closed; `str()` says why, in words for staff."""


class ResolveRefused(Refused):
    """An order still needs attention; `str()` says why, in words for staff."""


# Begins the key of a refund that nobody asked for: its payment came when the order was no longer
# held, or was paid already.
UNNEEDED_REFUND_PREFIX = "unneeded-"


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
    """An order that is cancelled now. `created` is False when it had been cancelled before.

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
    state: Literal["asked", "pending", "succeeded", "partly", "failed"]
    created: bool
