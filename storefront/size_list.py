"""A list of sizes that somebody puts together for somebody else, as a clinician does for a patient.

It is kept nowhere: the address holds it, sealed, so that it tells nothing to who reads it and
cannot be made up. The seal is a synthetic initialisation vector: a keyed hash of the list is both
its proof and the seed of the keystream that hides it (as in RFC 5297, with HMAC for the cipher).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import segno
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from prices import Money

from product_content.types import SingleOffer, SizeInfo

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
