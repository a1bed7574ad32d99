"""Everything by which stock is changed, and said why.

Lock order: after those of plugins.ordering.services, stock rows by pk.
"""

from plugins.inventory.services.checking import record_check
from plugins.inventory.services.context import staff_request, stock_reason
from plugins.inventory.services.counting import Counted, post_count
from plugins.inventory.services.goods import move_goods, receive_goods, set_aside, write_off
from plugins.inventory.services.kits import break_kits, make_kits
from plugins.inventory.services.notices import notice_low_stock, set_reorder_points
from plugins.inventory.services.shelves import lock_stock, open_stock, set_quantity
from plugins.inventory.services.wishes import (
    WISHES_KEPT,
    ask_to_be_told,
    forget_wish,
    grant_wishes,
    wish_token,
)

__all__ = [
    "WISHES_KEPT",
    "Counted",
    "ask_to_be_told",
    "break_kits",
    "forget_wish",
    "grant_wishes",
    "lock_stock",
    "make_kits",
    "move_goods",
    "notice_low_stock",
    "open_stock",
    "post_count",
    "receive_goods",
    "record_check",
    "set_aside",
    "set_quantity",
    "set_reorder_points",
    "staff_request",
    "stock_reason",
    "wish_token",
    "write_off",
]
