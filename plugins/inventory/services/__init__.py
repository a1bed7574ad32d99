"""Everything by which stock is changed, and said why.

Lock order: after those of plugins.ordering.services, stock rows by pk.
"""

from plugins.inventory.services.context import staff_request, stock_reason
from plugins.inventory.services.shelves import lock_stock, open_stock, set_quantity

__all__ = ["lock_stock", "open_stock", "set_quantity", "staff_request", "stock_reason"]
