"""Stock that a basket's own unpaid order already holds."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Sum
from saleor.order import OrderStatus
from saleor.warehouse.models import Allocation


def held_pieces(checkout_token: UUID) -> dict[int, int]:
    """Return pieces by variant id; to this basket they are available although allocated."""
    rows = (
        Allocation.objects.filter(order_line__order__checkout_token=str(checkout_token))
        .exclude(order_line__order__status=OrderStatus.CANCELED)
        .order_by()
        .values_list("stock__product_variant")
        .annotate(Sum("quantity_allocated"))
    )
    return dict(rows)
