"""The numbers that people type."""

from __future__ import annotations

from saleor.order.models import Order

_BIGGEST_ID = 2**31 - 1  # a longer number is no order, and PostgreSQL would refuse it


def order_numbered(typed: str) -> Order | None:
    """Return the order with this number, with or without #, or None."""
    number = read_number(typed)
    return Order.objects.confirmed().filter(pk=number).first() if number is not None else None


def read_number(typed: str) -> int | None:
    """Return the number that was typed, with or without #, or None if it can be no row's."""
    digits = typed.strip().lstrip("#")
    if not digits.isdecimal():
        return None
    digits = digits.lstrip("0") or "0"
    fits = len(digits) <= len(str(_BIGGEST_ID))  # Python refuses to read thousands of digits
    return int(digits) if fits and int(digits) <= _BIGGEST_ID else None
