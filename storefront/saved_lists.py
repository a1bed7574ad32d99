"""Lists of sizes: what somebody saved for later, and what a clinician puts together for a patient.

An account keeps what was saved here, a guest's browser keeps its own. The list for somebody else is
kept nowhere: the address holds it, sealed, so that it tells nothing to who reads it and cannot be
made up. The seal is a synthetic initialisation vector: a keyed hash of the list is both its proof
and the seed of the keystream that hides it (as in RFC 5297, with HMAC for the cipher).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from prices import Money

from plugins.ordering.locks import locked_user
from plugins.ordering.retention import retention_cutoff
from product_content.selectors import singles_by_size
from product_content.selectors.lists import product_url
from product_content.selectors.variants import Row, fetch_rows, not_for_sale, pieces, prices_of
from product_content.types import SingleOffer, SizeInfo
from storefront.models import SavedVariant

MAX_AMOUNT = 9  # pieces of one size
MAX_NUMBER = 255  # of a size: it is a byte
MAX_SIZES = 12  # of a list; sealed they must fit one hash
_MAGNETIC = 0x80
_PROOF = 8  # bytes; two to the power of 64 tries for one forgery that only fills a basket


@dataclass(frozen=True)
class SizeList:
    """Amounts by the numbers of sizes, with magnets or without."""

    amounts: Mapping[int, int]
    magnetic: bool = False


@dataclass(frozen=True)
class ListedSize:
    """A size of a list with its amount; `offer` is None if it is not sold singly now."""

    size: SizeInfo
    amount: int
    offer: SingleOffer | None

    @property
    def to_buy(self) -> int:
        """How many of them can be put into a basket now."""
        return min(self.amount, self.offer.option.available) if self.offer else 0


def sealed(wanted: SizeList) -> str:
    """Return the list as a short text for an address; equal lists have equal ones."""
    kind = _MAGNETIC if wanted.magnetic else 0
    plain = bytes(
        byte
        for number, amount in sorted(wanted.amounts.items())
        for byte in (number, kind | amount)
    )
    proof = _proof(plain, settings.SECRET_KEY)
    hidden = _mixed(plain, proof, settings.SECRET_KEY)
    return base64.urlsafe_b64encode(proof + hidden).decode().rstrip("=")


def unsealed(token: str) -> SizeList | None:
    """Return the list of an address, or None if it is not one that we made."""
    try:
        data = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    if not _PROOF < len(data) <= _PROOF + 2 * MAX_SIZES or len(data) % 2:
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        plain = _mixed(data[_PROOF:], data[:_PROOF], secret)
        if constant_time_compare(_proof(plain, secret), data[:_PROOF]):
            return _read(plain)
    return None


def _read(plain: bytes) -> SizeList:
    amounts = {plain[at]: plain[at + 1] & ~_MAGNETIC for at in range(0, len(plain), 2)}
    return SizeList(amounts, magnetic=bool(plain[1] & _MAGNETIC))


def _proof(plain: bytes, secret: str) -> bytes:
    return _hash("storefront.list.proof", plain, secret)[:_PROOF]


def _mixed(data: bytes, proof: bytes, secret: str) -> bytes:
    """Hide or show again: both are the same."""
    stream = _hash("storefront.list.stream", proof, secret)
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _hash(salt: str, data: bytes, secret: str) -> bytes:
    return salted_hmac(salt, data, secret=secret, algorithm="sha256").digest()


def listed(
    wanted: SizeList, chart: Iterable[SizeInfo], offers: Mapping[int, Sequence[SingleOffer]]
) -> list[ListedSize]:
    """Return the sizes of a list with what is sold of each; less those that left the chart."""
    return [
        ListedSize(size, wanted.amounts[size.number], _of_sort(offers, size, wanted.magnetic))
        for size in chart
        if size.number in wanted.amounts
    ]


def _of_sort(
    offers: Mapping[int, Sequence[SingleOffer]], size: SizeInfo, magnetic: bool
) -> SingleOffer | None:
    found = (each for each in offers.get(size.number, ()) if each.magnetic == magnetic)
    return next((each for each in found if each.option.available > 0), None)


def price_of(rows: Iterable[ListedSize]) -> Money | None:
    """Return what can be bought of a list costs; None if nothing can."""
    prices = [row.offer.option.price * row.to_buy for row in rows if row.offer]
    return sum(prices[1:], start=prices[0]) if prices else None


def qr_code(address: str) -> str:
    """Return the address as a QR code, for the `src` of a picture."""
    code = segno.make(address, error="m")
    return str(code.svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))


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
