"""The orders of a customer's account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from prices import Money
from saleor.order import OrderStatus
from saleor.order.models import Order

from storefront.selectors.orders import order_state
from storefront.types import OrderState

_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list. It says nothing of what was bought."""

    number: str
    token: UUID
    placed_at: datetime
    state: OrderState
    total: Money


def orders_of(user_id: int, page: str) -> Page[OrderRow]:
    """Return a page of the account's orders, newest first; the nearest one for a wild number."""
    orders = Order.objects.filter(user_id=user_id).exclude(status=OrderStatus.DRAFT)
    found = Paginator(orders.order_by("-pk"), _ON_A_PAGE).get_page(page)
    found.object_list = [_row(order) for order in found.object_list]
    return found


def has_account(token: UUID) -> bool:
    """Say whether the order with this token is in somebody's account."""
    return Order.objects.filter(token=str(token), user__isnull=False).exists()


def _row(order: Order) -> OrderRow:
    return OrderRow(
        number=str(order.pk),
        token=UUID(order.token),
        placed_at=order.created,
        state=order_state(order),
        total=order.total_gross,
    )
