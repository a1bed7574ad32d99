"""Orders by the number that people type."""

from __future__ import annotations

from saleor.order.models import Order

_BIGGEST_ID = 2**31 - 1  # a longer number is no order, and PostgreSQL would refuse it


def order_numbered(typed: str) -> Order | None:
    """Return the order with this number, with or without #, or None."""
    number = typed.strip().lstrip("#")
    if not number.isdecimal() or int(number) > _BIGGEST_ID:
        return None
    return Order.objects.confirmed().filter(pk=int(number)).first()
