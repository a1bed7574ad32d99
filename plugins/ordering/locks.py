"""Row locks of everything that writes baskets, orders and payments, always in the same order.

checkout → order → payment session → gift cards (by pk) → visitor (by hash) → stock rows (by pk) →
allocations → voucher, so that no two services can wait for each other. Nothing in this package
calls a payment provider inside a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from saleor.account.models import User
from saleor.checkout.models import Checkout
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from plugins.ordering.models import PaymentSession

_CHECKOUTS = Checkout.objects.select_for_update(of=("self",)).order_by()


def lock_checkout(token: UUID | str) -> Checkout | None:
    """Lock the basket, with its addresses and its delivery method read along."""
    method = ("shipping_method__shipping_zone", "shipping_method__delivery_time")
    related = ("billing_address", "shipping_address", *method)
    return _CHECKOUTS.select_related(*related).filter(pk=token).first()


def locked_user(user_id: int) -> User:
    """Lock an account and return it; raises User.DoesNotExist."""
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def locked_checkout(token: UUID | None) -> Checkout | None:
    """Lock the basket with this token that belongs to a browser; None when there is none."""
    return _CHECKOUTS.filter(pk=token, user=None).first() if token else None


def lock_order(order_id: int) -> tuple[Order, Checkout | None]:
    """Lock the order, and first the basket that it came from if that is still there."""
    token = Order.objects.values_list("checkout_token", flat=True).get(pk=order_id)
    checkout = _CHECKOUTS.filter(pk=token).first() if token else None
    return Order.objects.select_for_update(of=("self",)).get(pk=order_id), checkout


def lock_session(session_id: int) -> PaymentSession:
    """Lock a payment session. Whoever also locks its order does that first."""
    return PaymentSession.objects.select_for_update(of=("self",)).get(pk=session_id)


def lock_gift_cards(**which: object) -> list[GiftCard]:
    """Lock the gift cards that match the filter, by pk."""
    cards = GiftCard.objects.select_for_update(of=("self",)).filter(**which)
    return list(cards.order_by("pk"))


# One row after the other, in the order of the list.
_LOCK_VISITOR = """
SELECT pg_advisory_xact_lock(hashtextextended('stillwater visitor ' || hash, 0))
FROM unnest(%s::text[]) WITH ORDINALITY AS known (hash, place)
"""


def lock_visitor(hashes: Iterable[str]) -> None:
    """Let whoever shares one of these hashes place one order after the other.

    There is no row to lock: what is counted are the orders of a visitor, who may have none yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_VISITOR, [sorted(set(hashes))])


def lock_stocks(variant_ids: set[int], country: str) -> list[Stock]:
    """Lock the variants' stock rows in the warehouses that serve `country`, by pk.

    Saleor's allocate_stock takes the same rows line by line; having them all beforehand
    keeps two baskets with the same lines in another order from waiting for each other.
    """
    stocks = Stock.objects.select_for_update(of=("self",)).for_country(country)
    return list(
        stocks.select_related(None)
        .filter(product_variant_id__in=variant_ids)
        .order_by("pk")
        .only("pk", "product_variant_id", "quantity")
    )
