"""Why something could not be done to a basket, in words for the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from storefront import wording

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class BasketRefused(Exception):  # noqa: N818  it is an answer, not a defect
    """Base of every refusal. The basket is unchanged; `message` is for the customer."""

    message: StrOrPromise = _("That did not work. Your basket is unchanged.")

    def __str__(self) -> str:
        return str(self.message)


class NotForSale(BasketRefused):
    """The variant is not there, or not on sale; `reason` may say why."""

    message: StrOrPromise = _("We do not sell this at the moment.")

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        if reason:
            self.message = reason


class LineGone(BasketRefused):
    """The line is not in this basket (any more)."""

    message = _("This is no longer in your basket.")


class TooMany(BasketRefused):
    """More of one thing than one order may hold."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.message = _("One order can hold at most %(number)s of one thing.") % {"number": limit}


class ShortOfStock(BasketRefused):
    """Less is left than was asked for. Quantities are in pieces."""

    def __init__(self, *, name: str, wanted: int, available: int) -> None:
        super().__init__(name, wanted, available)
        self.name, self.wanted, self.available = name, wanted, available
        self.message = f"{name}: {wording.shortage(wanted=wanted, available=available)}"


class CodeRefused(BasketRefused):
    """A voucher or gift-card code that cannot be used, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.message = reason


class CodeUnknown(CodeRefused):
    """No voucher or gift card has this code: only such tries are counted."""


class LinkNotSent(Exception):  # noqa: N818  it is an answer, not a defect
    """Nothing could be sent just now; the same whether there is an account or an order."""


class AskedTooOften(Exception):  # noqa: N818  it is an answer, not a defect
    """The same was asked for a short while ago."""


class AddressBookFull(Exception):  # noqa: N818  it is an answer, not a defect
    """The account holds as many addresses as it may."""
