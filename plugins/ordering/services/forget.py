"""Forget baskets that nobody came back for: they hold names and addresses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order

KEPT = timedelta(days=7)  # as long as the browser keeps the way back to its basket
BATCH = 500  # baskets per run; the next run takes the rest


@transaction.atomic
def forget_old_baskets(*, now: datetime | None = None) -> int:
    """Delete guests' baskets unchanged for `KEPT`, with their addresses; return how many.

    A basket whose order still waits for its payment stays, as does a signed-in customer's.
    """
    before = (now or timezone.now()) - KEPT
    baskets = Checkout.objects.filter(user=None, last_change__lt=before).exclude(_has_live_order())
    old = list(baskets.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    Checkout.objects.filter(pk__in=[basket.pk for basket in old]).delete()
    _forget_addresses(old)
    return len(old)


def _has_live_order() -> Exists:
    token = Cast(OuterRef("token"), CharField())
    return Exists(Order.objects.filter(checkout_token=token))


def _forget_addresses(baskets: Iterable[Checkout]) -> None:
    """Delete the baskets' own addresses; one that an order or an account uses stays."""
    ids = {pk for one in baskets for pk in (one.billing_address_id, one.shipping_address_id) if pk}
    in_use = Q(billing_address=OuterRef("pk")) | Q(shipping_address=OuterRef("pk"))
    unused = Address.objects.filter(~Exists(Order.objects.filter(in_use)), user_addresses=None)
    unused.filter(pk__in=ids).delete()
