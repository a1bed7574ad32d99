"""The figures below a receipt's items: label and amount, from what was bought to what was kept."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from prices import Money

from storefront.selectors.receipts import Receipt

Row = tuple[str, Money]


def sums_of(receipt: Receipt) -> list[Row]:
    """Return the rows from the items to the total; what is zero is left out."""
    order = receipt.order
    delivery = f"{_('Delivery')}: {order.delivery_name}" if order.delivery_name else _("Delivery")
    rows = [
        (_("Items"), order.subtotal),
        (_("Discount"), -1 * order.discount),
        (delivery, order.delivery),
        (_("Gift card"), -1 * order.card_total),
    ]
    return [(label, amount) for label, amount in rows if amount.amount]


def paid_of(receipt: Receipt) -> list[Row]:
    """Return the payment, what went back of it, and what was kept."""
    order = receipt.order
    rows = [(_("Paid on %(day)s") % {"day": day(receipt.paid_at)}, order.total)]
    back = [
        (_("Given back on %(day)s") % {"day": day(refund.at)}, -1 * refund.amount)
        for refund in order.given_back
    ]
    kept = sum((amount for _label, amount in back), order.total)
    return [*rows, *back, (_("Paid in the end"), kept)] if back else rows


def day(moment: datetime) -> str:
    """Return the day of a moment, as the language of now writes it."""
    return date_format(timezone.localtime(moment), _("j F Y"))
