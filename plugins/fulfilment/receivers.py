"""What this app answers when ordering asks or tells, without ordering knowing it."""

from __future__ import annotations

from typing import Any

from plugins.fulfilment.models import Return
from plugins.fulfilment.packing import is_being_packed
from plugins.ordering import signals


def connect() -> None:
    """Listen to ordering's signals."""
    signals.being_packed.connect(_answer_packed, dispatch_uid="fulfilment-packed")
    signals.order_anonymised.connect(_erase_messages, dispatch_uid="fulfilment-messages")


def _answer_packed(sender: object, *, order_id: int, **_more: Any) -> bool:
    return is_being_packed(order_id)


def _erase_messages(sender: object, *, order_id: int, **_more: Any) -> None:
    """Erase what the customer wrote; what came back, and when, stays with the amounts."""
    Return.objects.filter(order_id=order_id).exclude(message="").update(message="")
