"""What others may want to know of stock. Sent inside the transaction that it is true in."""

from django.dispatch import Signal

# Sent once when a stock comes down to its reorder point; with `stock_id` and `occasion`, which
# is another one the next time.
stock_ran_low = Signal()
# Sent for each wish that came true, before it is deleted; with `wish`, a StockWish.
wish_came_true = Signal()
