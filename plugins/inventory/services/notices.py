"""Staff are told that a stock is low, once each time it becomes so."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from saleor.warehouse.models import Stock

from plugins.inventory.models import ReorderPoint
from plugins.inventory.selectors.levels import with_available
from plugins.inventory.signals import stock_ran_low


@transaction.atomic
def set_reorder_points(points: Mapping[int, int | None]) -> None:
    """Set the reorder points of many stocks, by stock id; None takes one away."""
    ReorderPoint.objects.filter(stock_id__in=[pk for pk in points if points[pk] is None]).delete()
    rows = [ReorderPoint(stock_id=pk, pieces=n) for pk, n in points.items() if n is not None]
    ReorderPoint.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["pieces"], unique_fields=["stock"]
    )


@transaction.atomic
def notice_low_stock() -> int:
    """Send `stock_ran_low` for each stock that came down to its reorder point; return how many.

    A stock that is above it again counts as new the next time.
    """
    points = ReorderPoint.objects.select_for_update(skip_locked=True, of=("self",))
    stocks = with_available(Stock.objects.filter(reorder_point__isnull=False))
    enough = stocks.filter(available__gt=F("reorder_point__pieces"))
    points.filter(told_at__isnull=False, stock__in=enough.values("pk")).update(told_at=None)
    low = stocks.filter(available__lte=F("reorder_point__pieces"))
    news = list(points.filter(told_at__isnull=True, stock__in=low.values("pk")))
    for point in news:
        _tell(point)
    return len(news)


def _tell(point: ReorderPoint) -> None:
    point.told_at = timezone.now()
    point.save(update_fields=["told_at"])
    occasion = point.told_at.strftime("%Y%m%d%H%M%S")
    stock_ran_low.send(ReorderPoint, stock_id=point.stock_id, occasion=occasion)
