"""The error of a service that left the stock unchanged."""

from __future__ import annotations

from product_content.decisions import Decision


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
