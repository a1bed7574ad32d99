"""What an order holds goes back: stock, gift cards and the use of its voucher."""

from __future__ import annotations

from saleor.account.models import User
from saleor.order.actions import cancel_order
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from plugins.inventory.reasons import StockReason
from plugins.inventory.services import stock_reason
from plugins.ordering.services.notes import placement_of
from plugins.ordering.services.promo import give_back_gift_cards, give_back_voucher


def give_back(order: Order, user: User | None) -> None:
    """Cancel a locked order at Saleor and free all that placing it took."""
    placement = placement_of(order)
    give_back_gift_cards(placement["gift_cards"])
    _lock_allocated_stock(order)
    with stock_reason(
        reason=StockReason.ORDER_RELEASED, order_id=order.pk, actor_id=user.pk if user else None
    ):
        cancel_order(order, user=user)
    give_back_voucher(order, placement["voucher_once_for"])


def _lock_allocated_stock(order: Order) -> None:
    stocks = Stock.objects.select_for_update(of=("self",)).order_by("pk")
    ids = order.lines.values("allocations__stock_id")
    list(stocks.filter(pk__in=ids).values_list("pk"))
