"""What ordering and inventory tell, and the e-mail that follows; in the event's transaction."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from plugins.inventory.models import StockWish
from plugins.inventory.services import wish_token
from plugins.inventory.signals import stock_ran_low, wish_came_true
from plugins.order_emails.services import (
    queue_email,
    queue_notice_email,
    queue_staff_email,
    tell_of_decline,
)
from plugins.order_emails.services.outbox import SHOP
from plugins.ordering import signals
from plugins.ordering.services import BASKET_CHANGED, NOT_PAID_IN_TIME
from product_content.languages import localized

WISH_PATH = "/wishes/{token}/"  # where the storefront takes a wish back


def connect() -> None:
    """Listen; connecting again changes nothing."""
    for signal, receiver in (
        (signals.payment_failed, payment_failed),
        (signals.order_released, order_released),
        (signals.payment_needs_attention, payment_needs_attention),
        (stock_ran_low, tell_of_low_stock),
        (wish_came_true, tell_of_stock),
    ):
        signal.connect(receiver, dispatch_uid=f"order_emails.{receiver.__name__}")


def payment_failed(*, order_id: int, **_: Any) -> None:
    """Say, once per order and after a while, that it still waits for its payment."""
    tell_of_decline(order_id=order_id)


def order_released(*, order_id: int, reason: str, **_: Any) -> None:
    """Say that an unpaid order is over, unless its customer has just changed the basket."""
    if reason == NOT_PAID_IN_TIME:
        queue_email(order_id=order_id, kind="released", occasion="released")
    elif reason != BASKET_CHANGED:
        queue_email(order_id=order_id, kind="cancelled", occasion="cancelled")


def payment_needs_attention(*, order_id: int | None, reason: str, occasion: str, **_: Any) -> None:
    """Tell staff that somebody has to look at a payment."""
    queue_staff_email(
        kind="payment_attention",
        occasion=f"{reason}:{occasion}",
        order_id=order_id,
        subject_id=SHOP,
    )


def tell_of_low_stock(*, stock_id: int, occasion: str, **_: Any) -> None:
    """Tell staff, once, that a stock came down to its reorder point."""
    queue_staff_email(kind="low_stock", occasion=occasion, subject_id=f"stock-{stock_id}")


def tell_of_stock(*, wish: StockWish, **_: Any) -> None:
    """Tell a customer who asked that something is here again, in the language they asked in."""
    with translation.override(wish.language):
        queue_notice_email(
            about=f"wish-{wish.pk}",
            kind="back_in_stock",
            occasion="back",
            to_address=wish.email,
            path=wish.path,
            unsubscribe_path=localized(WISH_PATH.format(token=wish_token(wish))),
        )
