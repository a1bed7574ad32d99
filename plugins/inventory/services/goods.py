"""Goods come in, move, are set aside, and are written off."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from saleor.warehouse.models import Warehouse

from plugins.inventory.errors import StockRefused
from plugins.inventory.reasons import StockReason
from plugins.inventory.selectors.levels import QUARANTINE
from plugins.inventory.services.posting import apply_changes, posting

Pieces = Mapping[int, int]  # by variant


def receive_goods(
    *, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str
) -> None:
    """Put a delivery on the shelf. `note` names the delivery. Raises StockRefused."""
    with posting(key=key, reason=StockReason.RECEIVED, actor_id=actor_id, note=note):
        apply_changes({(warehouse_id, variant): number for variant, number in pieces.items()})


def write_off(*, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str) -> None:
    """Take damaged or lost pieces off the shelf. Raises StockRefused."""
    with posting(key=key, reason=StockReason.DAMAGED, actor_id=actor_id, note=note):
        apply_changes({(warehouse_id, variant): -number for variant, number in pieces.items()})


def move_goods(
    *, key: UUID, from_id: UUID, to_id: UUID, pieces: Pieces, actor_id: int, note: str
) -> None:
    """Move free pieces from one warehouse to another. Raises StockRefused."""
    with posting(key=key, reason=StockReason.MOVED, actor_id=actor_id, note=note):
        _move(from_id, to_id, pieces)


def set_aside(*, key: UUID, warehouse_id: UUID, pieces: Pieces, actor_id: int, note: str) -> None:
    """Move free pieces to where nothing is sold from, until somebody has looked at them.

    From there they are moved back, or written off. Raises StockRefused.
    """
    with posting(key=key, reason=StockReason.QUARANTINED, actor_id=actor_id, note=note):
        _move(warehouse_id, _quarantine(warehouse_id).pk, pieces)


def _move(from_id: UUID, to_id: UUID, pieces: Pieces) -> None:
    if from_id == to_id:
        raise StockRefused("They are there already: choose two different warehouses.")
    taken = {(from_id, variant): -number for variant, number in pieces.items()}
    put = {(to_id, variant): number for variant, number in pieces.items()}
    apply_changes(taken | put)


def _quarantine(beside_id: UUID) -> Warehouse:
    """Return the warehouse that serves no delivery zone, so that nothing in it can be sold."""
    found = Warehouse.objects.filter(slug=QUARANTINE).first()
    if found is not None:
        return found
    address = Warehouse.objects.get(pk=beside_id).address.get_copy()
    return Warehouse.objects.create(slug=QUARANTINE, name="Set aside", address=address)
