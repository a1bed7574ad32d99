"""The one way by which people change a stock: locked, checked, and written down."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from saleor.account.models import User
from saleor.warehouse.models import Allocation, Stock

from dashboard.models import StockChange, StockReason
from dashboard.policies import may_set_stock
from dashboard.roles import MANAGE_STOCK

PERMISSION = MANAGE_STOCK


class StockRefused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The stock was left as it was; `message` says why, for the person at the screen."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def lock_stock(*, stock_id: int, seen: int, wanted: int) -> Stock:
    """Lock the row until the transaction ends and return it, if it may become `wanted`.

    Orders lock the same row before they reserve, so what is read here stays true.
    Raises StockRefused.
    """
    stock = Stock.objects.select_for_update().get(pk=stock_id)
    allowed, reason = may_set_stock(
        seen=seen, current=stock.quantity, allocated=_allocated(stock), wanted=wanted
    )
    if not allowed:
        raise StockRefused(reason)
    return stock


@transaction.atomic
def set_stock(
    *, stock_id: int, seen: int, wanted: int, actor: User, reason: StockReason, note: str = ""
) -> StockChange:
    """Set the quantity on hand to `wanted` pieces and return the row that records it.

    `seen` is the quantity the actor had before them. Raises PermissionDenied, StockRefused.
    """
    _require_permission(actor)
    stock = lock_stock(stock_id=stock_id, seen=seen, wanted=wanted)
    stock.quantity = wanted
    stock.save(update_fields=["quantity"])
    return StockChange.objects.create(
        stock=stock, before=seen, after=wanted, actor=actor, reason=reason, note=note
    )


@transaction.atomic
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
    _require_permission(actor)
    stock = Stock.objects.create(product_variant_id=variant_id, warehouse_id=warehouse_id)
    if quantity:
        set_stock(stock_id=stock.pk, seen=0, wanted=quantity, actor=actor, reason=reason, note=note)
    stock.refresh_from_db()
    return stock


def _require_permission(actor: User) -> None:
    if not (actor.is_active and actor.is_staff and actor.has_perm(PERMISSION)):
        raise PermissionDenied(f"{PERMISSION} is needed to change stock.")


def _allocated(stock: Stock) -> int:
    rows = Allocation.objects.filter(stock=stock)
    return rows.aggregate(total=Sum("quantity_allocated"))["total"] or 0
