"""What a service answers when it leaves everything as it was."""

from __future__ import annotations


class StockRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The stock was left as it was; `message` says why, for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def refuse_unless(answer: tuple[bool, str], *, about: str = "") -> None:
    """Raise StockRefused with a policy's reason; `about` names the SKU that it concerns."""
    allowed, reason = answer
    if not allowed:
        raise StockRefused(f"{about}: {reason}" if about else reason)
