"""Place an order from a basket."""

from __future__ import annotations

from uuid import UUID

from plugins.ordering.results import PlacedOrder


def place_order(*, checkout_token: UUID, user_id: int | None = None) -> PlacedOrder:
    """Reserve the basket's stock and make its order; a retry returns the same order."""
    raise NotImplementedError
