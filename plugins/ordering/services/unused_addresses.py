"""Deleting addresses that nothing points to any more."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order


def delete_unused_addresses(ids: Iterable[int | None]) -> None:
    """Delete these addresses, but none of an order, a basket or somebody's address book."""
    here = Q(billing_address=OuterRef("pk")) | Q(shipping_address=OuterRef("pk"))
    used = Exists(Order.objects.filter(here)) | Exists(Checkout.objects.filter(here))
    unused = Address.objects.filter(~used, user_addresses=None, warehouse=None)
    unused.filter(pk__in={pk for pk in ids if pk}).delete()
