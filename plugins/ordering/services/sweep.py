"""Release what stayed unpaid."""

from __future__ import annotations

from datetime import datetime


def release_unpaid_orders(*, now: datetime | None = None) -> int:
    """Release every order whose payment session has ended; return how many."""
    raise NotImplementedError
