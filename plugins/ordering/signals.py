"""What other plugins may want to know; plugins.ordering knows none of them.

Each is sent inside the transaction of what happened, so a receiver that writes an outbox row
writes it together with the event, or not at all. A receiver must not use the network and must
not raise. Connect in the plugin's `AppConfig.ready`.
"""

from __future__ import annotations

from django.dispatch import Signal

# A person of the shop has to look at a payment. Arguments: `order_id` (int, or None where no
# order is known), `reason` (a code such as "wrong_amount", "paid_twice", "dispute",
# "refund_failed", "unmatched_payment"; nothing private in it) and `dedup_key` (str, the same when
# the same problem is reported twice). Sent once per problem.
payment_needs_attention = Signal()

# A try to pay did not work; the order stays held. Arguments: `order_id`.
payment_failed = Signal()

# An unpaid order is over, what it held is free again. Arguments: `order_id`, and `reason`, one of
# the sentences of `ending` or what a person gave.
order_released = Signal()

# An order ends, by release, cancelling or closing: it sends nothing. Arguments: `order_id`. Sent
# under the order's lock and before stock rows are locked, so that a receiver may lock an order.
order_ending = Signal()

# An order was paid in full, by a payment. Arguments: `order_id`. Sent under the order's lock.
order_paid = Signal()

# A gift card that was bought is paid, and exists. Arguments: `sale_id`. Sent under the order's
# lock.
gift_card_issued = Signal()

# Asked before an order is cancelled: does somebody pack it? Arguments: `order_id`. A receiver
# returns a bool.
being_packed = Signal()

# An order was made anonymous: what others keep of its person goes too. Arguments: `order_id`.
order_anonymised = Signal()

# Asked for all that is kept of the person with an address. Arguments: `email`, in its normal form.
# A receiver returns it as values that JSON can hold.
person_data_asked = Signal()

# All that the law does not make us keep of that person is to go. Arguments: `email`. A receiver
# returns how many orders it concerned.
person_to_be_erased = Signal()
