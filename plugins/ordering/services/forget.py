"""Forget baskets that nobody came back for: they hold names and addresses."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from plugins.ordering.retention import too_old
from plugins.ordering.services.unused_addresses import delete_unused_addresses

BATCH = 500  # baskets per run; the next run takes the rest


@transaction.atomic
def forget_old_baskets(*, now: datetime | None = None) -> int:
    """Delete baskets unchanged for their time, with their addresses; return how many.

    A basket whose order still waits for its payment stays.
    """
    unchanged = Checkout.objects.filter(last_change__lt=too_old("baskets", now))
    baskets = unchanged.exclude(_has_live_order())
    old = list(baskets.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    Checkout.objects.filter(pk__in=[basket.pk for basket in old]).delete()
    delete_unused_addresses(
        pk for basket in old for pk in (basket.billing_address_id, basket.shipping_address_id)
    )
    return len(old)


def _has_live_order() -> Exists:
    token = Cast(OuterRef("token"), CharField())
    return Exists(Order.objects.filter(checkout_token=token))
