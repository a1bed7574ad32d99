"""What other plugins may want to know; plugins.fulfilment knows none of them.

As with `plugins.ordering.signals`: sent inside the transaction of what happened, and a receiver
neither uses the network nor raises.
"""

from __future__ import annotations

from django.dispatch import Signal

# Parcels of an order can be collected, or were handed over. Arguments: `order_id`, `newest_id` (of
# these shipments), `state` (a value of `ShipmentState`), `is_collection`.
shipments_reported = Signal()

# A return came to another state. Arguments: `order_id`, `return_id`, `state` (of `ReturnState`).
return_changed = Signal()

# Other sizes are sent for what came back. Arguments: `order_id` (of the replacement).
exchange_agreed = Signal()

# Something is sent once more, without charge. Arguments: `order_id` (of the order that sends it).
sent_again = Signal()

# The customer of an order wished to be asked for a review, and has had the goods for some weeks.
# Arguments: `order_id`. Sent once for an order, under its lock.
review_wanted = Signal()
