"""Customers who asked are told, once, that something is in stock again."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from plugins.inventory.models import StockWish
from plugins.inventory.signals import wish_came_true
from product_content.selectors import availability

_SALT = "inventory.wish"
_BATCH = 500
WISHES_KEPT = timedelta(days=365)  # an address that nothing came of is then forgotten


def ask_to_be_told(*, variant_id: int, email: str, language: str, path: str) -> None:
    """Keep the address until the variant is there again. Asking twice is asking once."""
    StockWish.objects.bulk_create(
        [StockWish(variant_id=variant_id, email=email.lower(), language=language, path=path)],
        ignore_conflicts=True,
    )


def wish_token(wish: StockWish) -> str:
    """Return what the link in the e-mail carries, by which the address can be taken back."""
    return signing.dumps(wish.pk, salt=_SALT)


def forget_wish(*, token: str) -> bool:
    """Delete the wish of a link; False if the link is not ours. One that is gone is no error."""
    try:
        wish_id = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return False
    StockWish.objects.filter(pk=wish_id).delete()
    return True


@transaction.atomic
def grant_wishes() -> int:
    """Tell everybody whose variant is in stock, and delete their addresses; return how many."""
    StockWish.objects.filter(created_at__lt=timezone.now() - WISHES_KEPT).delete()
    wanted = set(StockWish.objects.order_by().values_list("variant_id", flat=True).distinct())
    left = availability(wanted, settings.DEFAULT_COUNTRY)
    wishes = StockWish.objects.select_for_update(skip_locked=True).order_by("pk")
    granted = list(wishes.filter(variant_id__in=[pk for pk in wanted if left[pk] > 0])[:_BATCH])
    for wish in granted:
        wish_came_true.send(StockWish, wish=wish)
    StockWish.objects.filter(pk__in=[wish.pk for wish in granted]).delete()
    return len(granted)
