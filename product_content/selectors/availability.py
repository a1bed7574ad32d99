"""How many pieces can still be sold.

Saleor's own sum counts two warehouses with ten each as ten (`Sum(distinct=True)` in
warehouse/availability.py), so this is ours.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Allocation, Stock, Warehouse


def availability(variant_ids: Collection[int], country: str | None = None) -> dict[int, int]:
    """Return, for each variant, the pieces in stock that no order holds; one query.

    With `country` (ISO 3166) only warehouses that send there count. Without tracked stock it is
    the most that one basket line may hold. Unknown ids are 0.
    """
    variants = ProductVariant.objects.filter(pk__in=variant_ids).annotate(left=pieces_left(country))
    found = {
        variant_id: pieces(tracked, left)
        for variant_id, tracked, left in variants.values_list("pk", "track_inventory", "left")
    }
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


def pieces(tracked: bool, left: int | None) -> int:
    """Return what may be shown as available: never negative, and a ceiling when not tracked."""
    return max(left or 0, 0) if tracked else settings.MAX_CHECKOUT_LINE_QUANTITY


@cache
def pieces_left(country: str | None) -> Subquery:
    """Return an annotation for variants: quantity in the warehouses less what orders hold."""
    held = (
        Allocation.objects.filter(stock=OuterRef("pk"))
        .order_by()
        .values("stock")
        .annotate(total=Sum("quantity_allocated"))
        .values("total")
    )
    return Subquery(
        _stocks(country)
        .filter(product_variant=OuterRef("pk"))
        .order_by()
        .annotate(left=F("quantity") - Coalesce(Subquery(held), 0))
        .values("product_variant")
        .annotate(total=Sum("left"))
        .values("total")
    )


def _stocks(country: str | None) -> QuerySet[Stock]:
    if country is None:
        return Stock.objects.all()
    # A subquery, not a join: a warehouse in two zones with the country would count twice.
    serving = Warehouse.objects.filter(shipping_zones__countries__contains=country)
    return Stock.objects.filter(warehouse__in=serving.order_by().values("pk"))
