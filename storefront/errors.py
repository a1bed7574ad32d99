"""Why something could not be done to a basket, in words for the customer."""

from __future__ import annotations

from storefront import wording


class BasketRefused(Exception):  # noqa: N818  it is an answer, not a defect
    """Base of every refusal. The basket is unchanged; `message` is for the customer."""

    message = "That did not work. Your basket is unchanged."

    def __str__(self) -> str:
        return self.message


class NotForSale(BasketRefused):
    """The variant is not there, or not on sale."""

    message = "We do not sell this at the moment."


class LineGone(BasketRefused):
    """The line is not in this basket (any more)."""

    message = "This is no longer in your basket."


class TooMany(BasketRefused):
    """More of one thing than one order may hold."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.message = f"One order can hold at most {limit} of one thing."


class ShortOfStock(BasketRefused):
    """Less is left than was asked for. Quantities are in pieces."""

    def __init__(self, *, name: str, wanted: int, available: int) -> None:
        super().__init__(name, wanted, available)
        self.name, self.wanted, self.available = name, wanted, available
        self.message = f"{name}: {wording.shortage(wanted=wanted, available=available)}"


class CodeRefused(BasketRefused):
    """A voucher or gift-card code that cannot be used; `reason` may come from Saleor."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.message = reason


class LinkNotSent(Exception):  # noqa: N818  it is an answer, not a defect
    """Nothing could be sent just now; the same for addresses with and without an account."""


class AddressBookFull(Exception):  # noqa: N818  it is an answer, not a defect
    """The account holds as many addresses as it may."""
