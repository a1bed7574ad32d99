"""Everything that writes orders and payments.

Lock order, the same in every service, so that no two of them can wait for each other:
checkout → order → payment session → gift cards (by pk) → stock rows (by pk) →
allocations → voucher. Nothing here calls a payment provider inside a transaction.
"""

from plugins.ordering.services.adopt import adopt_session, rebuild_session
from plugins.ordering.services.attention import (
    flag_order,
    is_unneeded,
    settle_attention,
    unflag_order,
)
from plugins.ordering.services.awaited_returns import await_return
from plugins.ordering.services.cancel import cancel_order
from plugins.ordering.services.card_part import give_back_to_cards
from plugins.ordering.services.forget import forget_old_baskets
from plugins.ordering.services.forget_orders import forget_old_orders, forget_order
from plugins.ordering.services.fulfil import fulfil, left_to_send
from plugins.ordering.services.notes import note_order
from plugins.ordering.services.outside_refunds import record_outside_refund
from plugins.ordering.services.place import place_order
from plugins.ordering.services.receipt import choose_receipt
from plugins.ordering.services.record import record_payment, record_payment_failure
from plugins.ordering.services.refund_books import left_to_give_back, record_refund
from plugins.ordering.services.refund_making import perform_refund, perform_waiting_refunds
from plugins.ordering.services.refunds import ask_refund, refund_everything
from plugins.ordering.services.release import (
    BASKET_CHANGED,
    CANCELED_BY_CUSTOMER,
    NOT_PAID_IN_TIME,
    release_order,
)
from plugins.ordering.services.returns import take_back
from plugins.ordering.services.start import start_payment
from plugins.ordering.services.sweep import release_unpaid_orders

__all__ = [
    "BASKET_CHANGED",
    "CANCELED_BY_CUSTOMER",
    "NOT_PAID_IN_TIME",
    "adopt_session",
    "ask_refund",
    "await_return",
    "cancel_order",
    "choose_receipt",
    "flag_order",
    "forget_old_baskets",
    "forget_old_orders",
    "forget_order",
    "fulfil",
    "give_back_to_cards",
    "is_unneeded",
    "left_to_give_back",
    "left_to_send",
    "note_order",
    "perform_refund",
    "perform_waiting_refunds",
    "place_order",
    "rebuild_session",
    "record_outside_refund",
    "record_payment",
    "record_payment_failure",
    "record_refund",
    "refund_everything",
    "release_order",
    "release_unpaid_orders",
    "settle_attention",
    "start_payment",
    "take_back",
    "unflag_order",
]
