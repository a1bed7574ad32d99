"""Alerts: staff are told of low stock, customers who asked that something is back in stock.

Each is told once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from saleor.warehouse.models import Stock

from plugins.inventory.models import BackInStockAlert, ReorderPoint
from plugins.inventory.quantities import with_available
from plugins.inventory.signals import back_in_stock, stock_ran_low
from product_content.parsing import normal_email
from product_content.selectors import availability


@transaction.atomic
def set_reorder_points(points: Mapping[int, int | None]) -> None:
    """Set the reorder points of many stocks, by stock id; None takes one away."""
    ReorderPoint.objects.filter(stock_id__in=[pk for pk in points if points[pk] is None]).delete()
    rows = [ReorderPoint(stock_id=pk, pieces=n) for pk, n in points.items() if n is not None]
    ReorderPoint.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["pieces"], unique_fields=["stock"]
    )


@transaction.atomic
def send_low_stock_alerts() -> int:
    """Send `stock_ran_low` for each stock that came down to its reorder point; return how many.

    A stock that is above it again counts as new the next time.
    """
    points = ReorderPoint.objects.select_for_update(skip_locked=True, of=("self",))
    stocks = with_available(Stock.objects.filter(reorder_point__isnull=False))
    enough = stocks.filter(available__gt=F("reorder_point__pieces"))
    points.filter(alerted_at__isnull=False, stock__in=enough.values("pk")).update(alerted_at=None)
    low = stocks.filter(available__lte=F("reorder_point__pieces"))
    news = list(points.filter(alerted_at__isnull=True, stock__in=low.values("pk")))
    for point in news:
        _send_low_stock_alert(point)
    return len(news)


def _send_low_stock_alert(point: ReorderPoint) -> None:
    point.alerted_at = timezone.now()
    point.save(update_fields=["alerted_at"])
    dedup_key = point.alerted_at.strftime("%Y%m%d%H%M%S")
    stock_ran_low.send(ReorderPoint, stock_id=point.stock_id, dedup_key=dedup_key)


_SALT = "inventory.wish"  # as it was first called: links in e-mails are signed with it
_MAX_ALERTS_PER_RUN = 500
BACK_IN_STOCK_ALERT_RETENTION = timedelta(days=365)  # then an alert not sent is deleted


def request_back_in_stock_alert(*, variant_id: int, email: str, language: str, path: str) -> None:
    """Keep the address until the variant is in stock again; idempotent per address."""
    BackInStockAlert.objects.bulk_create(
        [
            BackInStockAlert(
                variant_id=variant_id, email=normal_email(email), language=language, path=path
            )
        ],
        ignore_conflicts=True,
    )


def alert_token(alert: BackInStockAlert) -> str:
    """Return what the link in the e-mail carries, by which its reader deletes the address."""
    return signing.dumps(alert.pk, salt=_SALT)


def delete_back_in_stock_alert(*, token: str) -> bool:
    """Delete the alert of a link. False if the link is not ours, True if it was deleted before."""
    try:
        alert_id = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return False
    BackInStockAlert.objects.filter(pk=alert_id).delete()
    return True


@transaction.atomic
def send_back_in_stock_alerts() -> int:
    """Tell everybody whose variant is in stock, and delete their addresses; return how many."""
    BackInStockAlert.objects.filter(
        created_at__lt=timezone.now() - BACK_IN_STOCK_ALERT_RETENTION
    ).delete()
    wanted = set(
        BackInStockAlert.objects.order_by().values_list("variant_id", flat=True).distinct()
    )
    left = availability(wanted, settings.DEFAULT_COUNTRY)
    alerts = BackInStockAlert.objects.select_for_update(skip_locked=True).order_by("pk")
    due = list(
        alerts.filter(variant_id__in=[pk for pk in wanted if left[pk] > 0])[:_MAX_ALERTS_PER_RUN]
    )
    for alert in due:
        back_in_stock.send(BackInStockAlert, alert=alert)
    BackInStockAlert.objects.filter(pk__in=[alert.pk for alert in due]).delete()
    return len(due)
