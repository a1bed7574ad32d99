"""Release an unpaid order."""

from __future__ import annotations

from plugins.ordering.results import ReleaseOutcome


def release_order(*, order_id: int, reason: str) -> ReleaseOutcome:
    """Give back all that an unpaid order holds."""
    raise NotImplementedError
