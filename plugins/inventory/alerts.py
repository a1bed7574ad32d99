"""Alerts: staff are told of low stock, customers who asked that something is back in stock.

Each is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Stock

from plugins.inventory.models import BackInStockAlert, ReorderPoint
from plugins.inventory.quantities import with_available
from product_content.parsing import normal_email
from product_content.selectors import availability

# Sent, as the next one, inside the transaction that changed the stock: once when a stock comes down
# to its reorder point; with `stock_id` and `dedup_key`, which differs each time.
stock_ran_low = Signal()
# Sent for each alert that came true, before it is deleted; with `alert`, a BackInStockAlert.
back_in_stock = Signal()


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
_VARIANT_SALT = "inventory.variant_link"
_MARK_LENGTH = 8
_MAX_ALERTS_PER_RUN = 500
BACK_IN_STOCK_ALERT_RETENTION = timedelta(days=365)  # then an alert not sent is deleted


def request_back_in_stock_alert(*, variant_id: int, email: str, language: str) -> None:
    """Keep the address until the variant is in stock again; idempotent per address."""
    BackInStockAlert.objects.bulk_create(
        [BackInStockAlert(variant_id=variant_id, email=normal_email(email), language=language)],
        ignore_conflicts=True,
    )


def alert_token(alert: BackInStockAlert) -> str:
    """Return what the link in the e-mail carries, by which its reader deletes the address."""
    return _sealed(alert.pk, _SALT)


def variant_token(variant_id: int) -> str:
    """Return what a link to a variant carries in place of its name or number."""
    return _sealed(variant_id, _VARIANT_SALT)


def variant_of_token(token: str) -> int | None:
    """Return the id of the variant that a link leads to; None for a link that is not ours."""
    ids = ProductVariant.objects.order_by().values_list("pk", flat=True)
    with suppress(signing.BadSignature):
        return _unsealed(token, _VARIANT_SALT, ids.iterator())
    return None


def delete_back_in_stock_alert(*, token: str) -> bool:
    """Delete the alert of a link. False if the link is not ours, True if it was deleted before."""
    ids = BackInStockAlert.objects.order_by().values_list("pk", flat=True)
    try:
        alert_id = _unsealed(token, _SALT, ids.iterator())
    except signing.BadSignature:
        alert_id = _id_of_older(token)
        if alert_id is None:
            return False
    BackInStockAlert.objects.filter(pk=alert_id or 0).delete()
    return True


def _id_of_older(token: str) -> int | None:
    """Return the id in a link of before links were opaque; they go on working."""
    try:
        return int(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _sealed(number: int, salt: str) -> str:
    """Return a signed text from which nobody but the shop can tell which row it means.

    A hash takes the number's place, and is another each time, so that links tell nothing when
    they are compared either.
    """
    mark = get_random_string(_MARK_LENGTH)
    return _signer(salt).sign(f"{mark}{_hash(mark, number, salt)}")


def _unsealed(token: str, salt: str, numbers: Iterable[int]) -> int | None:
    """Return which of these numbers was sealed, None if it is gone; raises BadSignature."""
    text = _signer(salt).unsign(token)
    mark, found = text[:_MARK_LENGTH], text[_MARK_LENGTH:]
    return next((one for one in numbers if _hash(mark, one, salt) == found), None)


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(salt=f"{salt}.sealed")  # not the salt of older links: they look alike


def _hash(mark: str, number: int, salt: str) -> str:
    return salted_hmac(salt, f"{mark}{number}", algorithm="sha256").hexdigest()[:32]


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
