"""Sets are packed from singles, and broken up into them."""

from __future__ import annotations

from uuid import UUID

from plugins.inventory.reasons import StockReason
from plugins.inventory.selectors.kits import parts_of
from plugins.inventory.services.posting import Place, apply_changes, posting


def make_kits(
    *, key: UUID, warehouse_id: UUID, variant_id: int, kits: int, actor_id: int, note: str
) -> None:
    """Pack `kits` sets out of one single of each of their sizes. Raises StockRefused."""
    with posting(key=key, reason=StockReason.KIT_MADE, actor_id=actor_id, note=note):
        apply_changes(_changes(warehouse_id, variant_id, kits))


def break_kits(
    *, key: UUID, warehouse_id: UUID, variant_id: int, kits: int, actor_id: int, note: str
) -> None:
    """Break `kits` sets up into their singles. Raises StockRefused."""
    with posting(key=key, reason=StockReason.KIT_BROKEN, actor_id=actor_id, note=note):
        apply_changes(_changes(warehouse_id, variant_id, -kits))


def _changes(warehouse_id: UUID, variant_id: int, kits: int) -> dict[Place, int]:
    parts = {(warehouse_id, part.variant_id): -kits for part in parts_of(variant_id)}
    return {(warehouse_id, variant_id): kits, **parts}
