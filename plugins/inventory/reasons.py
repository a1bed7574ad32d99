"""Why a stock changes. Every row of the ledger names one of these."""

from __future__ import annotations

from django.db.models import TextChoices


class StockReason(TextChoices):
    """The first two are written by the database itself, the others by whoever changes stock."""

    OPENING = "opening", "Opening balance"
    UNKNOWN = "unknown", "Nobody said why"
    ORDER_PLACED = "order_placed", "Order placed"
    ORDER_RELEASED = "order_released", "Order released or cancelled"
    FULFILLED = "fulfilled", "Sent"
    FULFILMENT_CANCELED = "fulfilment_canceled", "Parcel called back"
    REFUNDED = "refunded", "Refunded"
    RETURNED = "returned", "Returned, unopened"
    RECEIVED = "received", "Goods received"
    COUNTED = "counted", "Counted"
    CORRECTION = "correction", "Mistake put right"
    MOVED = "moved", "Moved between warehouses"
    KIT_MADE = "kit_made", "Sets assembled"
    KIT_BROKEN = "kit_broken", "Sets broken up"
    QUARANTINED = "quarantined", "Set aside"
    DAMAGED = "damaged", "Damaged or written off"
    IMPORTED = "imported", "Imported from a file"


# What a person chooses from who types a new quantity; the other reasons have their own page.
BY_HAND = tuple(
    (reason.value, reason.label)
    for reason in (
        StockReason.COUNTED,
        StockReason.RECEIVED,
        StockReason.RETURNED,
        StockReason.DAMAGED,
        StockReason.CORRECTION,
    )
)
# By these, pieces become an order's and stop being it. Their sum is what was sold.
SELLING = (StockReason.ORDER_PLACED, StockReason.ORDER_RELEASED, StockReason.REFUNDED)
