"""What somebody saved for later: an account keeps it here, a guest's browser keeps its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from prices import Money

from plugins.ordering.locks import locked_user
from plugins.ordering.retention import retention_cutoff
from product_content.selectors import singles_by_size
from product_content.selectors.lists import product_url
from product_content.selectors.variants import (
    Row,
    fetch_rows,
    not_for_sale,
    pieces,
    prices_of,
)
from storefront.models import SavedVariant
from storefront.size_list import MAX_NUMBER, MAX_SIZES, SizeList, sealed

MAX_SAVED = 40  # of one account, and of one browser; the oldest goes first


@dataclass(frozen=True, slots=True)
class SavedRow:
    """Something saved, as it is sold now; `available` in pieces, `reason` why it is not sold."""

    variant_id: int
    name: str
    option: str
    url: str
    price: Money
    available: int
    reason: str


@dataclass(frozen=True, slots=True)
class SharedList:
    """The sizes among what was saved, as a list for somebody else: the sealed part of its link."""

    token: str
    magnetic: bool


@transaction.atomic
def save_variants(*, user_id: int, variant_ids: Iterable[int]) -> int:
    """Keep these in the account, the newest first; return how many of them customers may see."""
    locked_user(user_id)
    known = [row.id for row in _rows(variant_ids)]
    for variant_id in known:
        SavedVariant.objects.update_or_create(
            user_id=user_id, variant_id=variant_id, defaults={"saved_at": timezone.now()}
        )
    mine = SavedVariant.objects.filter(user_id=user_id)
    mine.filter(pk__in=list(mine.values_list("pk", flat=True)[MAX_SAVED:])).delete()
    return len(known)


def forget_saved(*, user_id: int, variant_id: int | None = None) -> None:
    """Take one thing off the account's list, or all without `variant_id`."""
    mine = SavedVariant.objects.filter(user_id=user_id)
    (mine if variant_id is None else mine.filter(variant_id=variant_id)).delete()


def saved_ids(user_id: int) -> list[int]:
    """Return what the account has saved, newest first."""
    mine = SavedVariant.objects.filter(user_id=user_id)
    return list(mine.values_list("variant_id", flat=True))


def saved_rows(variant_ids: Sequence[int]) -> list[SavedRow]:
    """Return these in their order, less what customers may not see any more."""
    rows = _rows(variant_ids[:MAX_SAVED])
    prices = prices_of(rows)
    place = {pk: number for number, pk in enumerate(variant_ids)}
    return [
        SavedRow(
            variant_id=row.id,
            name=row.product_name,
            option=row.name,
            url=f"{product_url(row.kind, row.product_slug)}?option={row.id}",
            price=prices[row.id].price,
            available=pieces(row.track_inventory, row.left),
            reason=not_for_sale(row.papers),
        )
        for row in sorted(rows, key=lambda row: place[row.id])
    ]


def shared_lists(rows: Iterable[SavedRow]) -> list[SharedList]:
    """Return the lists that can be shared of what was saved: one of each sort of single sizes."""
    sizes = {
        offer.option.id: (number, offer.magnetic)
        for number, offers in singles_by_size().items()
        for offer in offers
    }
    found: dict[bool, dict[int, int]] = {}
    for row in rows:
        number, magnetic = sizes.get(row.variant_id, (MAX_NUMBER + 1, False))
        if number <= MAX_NUMBER and len(found.setdefault(magnetic, {})) < MAX_SIZES:
            found[magnetic][number] = 1
    return [
        SharedList(sealed(SizeList(amounts, magnetic=magnetic)), magnetic)
        for magnetic, amounts in sorted(found.items())
        if amounts
    ]


def delete_old_saved(*, now: datetime | None = None) -> int:
    """Delete what was saved long ago; return how much that was."""
    old = SavedVariant.objects.filter(saved_at__lt=retention_cutoff("saved", now))
    return old.delete()[0]


def _rows(variant_ids: Iterable[int]) -> list[Row]:
    return fetch_rows(only="v.id = ANY(%(ids)s)", params={"ids": list(variant_ids)})
