"""Stock set by hand, by those who may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from saleor.account.models import User
from saleor.warehouse.models import Stock

from dashboard.roles import MANAGE_STOCK
from plugins.inventory import services
from plugins.inventory.reasons import StockReason

PERMISSION = MANAGE_STOCK


def set_stock(
    *, stock_id: int, seen: int, wanted: int, actor: User, reason: StockReason, note: str = ""
) -> Stock:
    """Set the quantity on hand to `wanted` pieces.

    `seen` is the quantity the actor had before them. Raises PermissionDenied, StockRefused.
    """
    require_permission(actor)
    return services.set_quantity(
        stock_id=stock_id, seen=seen, wanted=wanted, actor_id=actor.pk, reason=reason, note=note
    )


def open_stock(
    *,
    variant_id: int,
    warehouse_id: str,
    quantity: int,
    actor: User,
    reason: StockReason,
    note: str = "",
) -> Stock:
    """Begin to keep a variant in a warehouse, with `quantity` pieces on hand.

    Raises PermissionDenied; IntegrityError if the warehouse keeps it already.
    """
    require_permission(actor)
    return services.open_stock(
        variant_id=variant_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        actor_id=actor.pk,
        reason=reason,
        note=note,
    )


def require_permission(actor: User) -> None:
    """Raise PermissionDenied unless the person may change stock."""
    if not (actor.is_active and actor.is_staff and actor.has_perm(PERMISSION)):
        raise PermissionDenied(f"{PERMISSION} is needed to change stock.")
