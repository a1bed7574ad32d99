"""Signals about stock, sent inside the transaction that changed it."""

from __future__ import annotations

from django.dispatch import Signal

# Sent once when a stock comes down to its reorder point; with `stock_id` and `dedup_key`, which
# differs each time.
stock_ran_low = Signal()
# Sent for each alert that came true, before it is deleted; with `alert`, a BackInStockAlert.
back_in_stock = Signal()
# Sent when somebody has set how many pieces are on hand, before the end of the transaction; with
# `stock_ids`. What orders take and free is not among it.
quantities_changed = Signal()
