"""E-mails about stock: to staff when it is low, to customers who asked when it is back."""

from __future__ import annotations

from typing import Any

from plugins.inventory.models import StockWish
from plugins.inventory.signals import stock_ran_low, wish_came_true
from plugins.order_emails.services import queue_notice_email, queue_staff_email


def connect() -> None:
    """Listen; called once when the app is ready."""
    stock_ran_low.connect(_tell_staff, dispatch_uid="order_emails.stock_ran_low")
    wish_came_true.connect(_tell_customer, dispatch_uid="order_emails.wish_came_true")


def _tell_staff(sender: object, *, stock_id: int, occasion: str, **_: Any) -> None:
    queue_staff_email(kind="low_stock", occasion=occasion, subject_id=f"stock-{stock_id}")


def _tell_customer(sender: object, *, wish: StockWish, **_: Any) -> None:
    queue_notice_email(
        about=f"wish-{wish.pk}",
        kind="back_in_stock",
        occasion="back",
        to_address=wish.email,
        path=wish.path,
    )
