"""Stock set by hand, by those who may, and the progress of an import.

The progress is kept in the cache: an import is one transaction, and nobody else sees anything of
it before it ends.
"""

from __future__ import annotations

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from saleor.account.models import User
from saleor.warehouse.models import Stock

from dashboard.roles import MANAGE_STOCK
from plugins.inventory import quantities
from plugins.inventory.models import StockReason

PERMISSION = MANAGE_STOCK


def set_stock(
    *, stock_id: int, expected: int, wanted: int, actor: User, reason: StockReason, note: str = ""
) -> Stock:
    """Set the quantity on hand to `wanted` pieces.

    `expected` is the quantity the actor had before them. Raises PermissionDenied, StockRefused.
    """
    require_permission(actor)
    return quantities.set_quantity(
        stock_id=stock_id,
        expected=expected,
        wanted=wanted,
        actor_id=actor.pk,
        reason=reason,
        note=note,
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
    return quantities.open_stock(
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


_LINES_PER_UPDATE = 200
_PROGRESS_TIMEOUT = 600


def store_progress(*, user_id: int, done: int, total: int) -> None:
    """Note how many lines are read, now and then."""
    if done % _LINES_PER_UPDATE == 0 or done == total:
        cache.set(_progress_key(user_id), [done, total], _PROGRESS_TIMEOUT)


def read_progress(*, user_id: int) -> tuple[int, int]:
    """Return how many lines of how many are read; (0, 0) before it begins."""
    done, total = cache.get(_progress_key(user_id), (0, 0))
    return done, total


def clear_progress(*, user_id: int) -> None:
    """Begin anew, for the next step."""
    cache.delete(_progress_key(user_id))


def _progress_key(user_id: int) -> str:
    return f"stock-import-{user_id}"
