"""Rules of the stock, and how it refuses."""

from __future__ import annotations

from product_content.decisions import ALLOWED, Decision, refused


class StockRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The stock was left as it was; `problems` say why, for the person at the screen."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems

    @property
    def message(self) -> str:
        """All problems in one text."""
        return " ".join(self.problems)


def refuse_unless(decision: Decision) -> None:
    """Raise StockRefused with a policy's reason."""
    if not decision.allowed:
        raise StockRefused(decision.reason)


def may_set_stock(*, expected: int, current: int, wanted: int) -> Decision:
    """Say whether the quantity on hand may become `wanted` pieces.

    `expected` is what the person had on the screen, `current` what is stored now. What orders have
    reserved is no bound: fewer may lie there, and the orders that lack pieces are flagged.
    """
    if expected != current:
        return refused(
            f"Someone changed this stock meanwhile: it is {current} now, not {expected}."
        )
    if wanted == current:
        return refused(f"The quantity is {current} already.")
    return ALLOWED


def may_take(*, pieces: int, quantity: int, allocated: int) -> Decision:
    """Say whether `pieces` can be taken from `quantity`, of which `allocated` are held."""
    if pieces <= 0:
        return refused("The number of pieces must be above zero.")
    free = max(quantity - allocated, 0)
    if pieces > free:
        return refused(f"Only {free} are free: {quantity} on hand, {allocated} reserved by orders.")
    return ALLOWED


def may_add(*, pieces: int, maximum: int) -> Decision:
    """Say whether `pieces` can be added to a stock; `maximum` guards against a scanned barcode."""
    if pieces <= 0:
        return refused("The number of pieces must be above zero.")
    if pieces > maximum:
        return refused(f"{pieces} pieces at once looks like a mistake: {maximum} are the most.")
    return ALLOWED
