"""The signed link to an order: what an e-mail carries in place of an account.

A link is bound to the address that the order's messages go to. Once that address is corrected,
links that went to the wrong one open nothing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.ordering.email_promises import message_promise
from product_content.languages import localized

# Longer than a parcel takes to any country we post to and to come back; a new one is free.
LINK_LIFETIME = timedelta(days=30)
# How long a browser then opens the order without the link. Short, because computers are shared.
ORDER_ACCESS_LIFETIME = timedelta(days=1)
_SALT = "plugins.ordering.links"


def orders_by_token(token: UUID) -> QuerySet[Order]:
    """Return the order with this token, as a query. A draft of staff is no customer's yet."""
    return Order.objects.exclude(status=OrderStatus.DRAFT).filter(token=str(token))


def order_link(*, order: Order, page: str = "") -> str:
    """Return an absolute address, in the order's language, that opens its page.

    `page` is "reviews" for the one on which its lines are reviewed. It works for `LINK_LIFETIME`
    from now, for whoever has it: put it into nothing but an e-mail to the order's own address.
    """
    signed = signing.dumps([order.pk, _recipient_digest(order)], salt=_SALT)
    path = f"/orders/open/{signed}/{page and f'{page}/'}"
    return f"{settings.PUBLIC_URL}{localized(path, order.language_code)}"


def order_from_link(signed: str) -> Order | None:
    """Return the order that the signed part of a link opens; None for one that opens nothing."""
    try:
        order_id, reader = signing.loads(signed, salt=_SALT, max_age=LINK_LIFETIME)
    except signing.BadSignature:
        return None
    order = Order.objects.exclude(status=OrderStatus.DRAFT).filter(pk=order_id).first()
    return order if order and constant_time_compare(reader, _recipient_digest(order)) else None


def _recipient_digest(order: Order) -> str:
    """Return a hash of whom the order's messages go to, which does not reveal the address."""
    recipient = message_promise(order, "order_confirmed").recipient
    return salted_hmac(_SALT, recipient.lower()).hexdigest()[:12]
