"""Filling and changing a basket, which is a Saleor checkout.

Saleor's `add_variant_to_checkout` reads, decides and writes without a lock, so two clicks at
once lose one, and it loads every plugin's configuration each time. Here the checkout row is
locked first, then its lines are changed; fields and their meaning stay Saleor's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from saleor.checkout.models import Checkout, CheckoutLine

from product_content.selectors import availability
from storefront.errors import LineGone, NotForSale, ShortOfStock, TooMany
from storefront.selectors.for_sale import ForSale, for_sale
from storefront.selectors.held import held_pieces
from storefront.services.promo_codes import renew_discount


@dataclass(frozen=True)
class BasketChange:
    """The basket after a change: its token, the pieces of the line and of the whole basket."""

    token: UUID
    line_quantity: int
    basket_quantity: int


@transaction.atomic
def add_to_basket(*, token: UUID | None, variant_id: int, quantity: int) -> BasketChange:
    """Add pieces of a variant; a token that is unknown or None opens a new basket.

    Raises NotForSale, TooMany or ShortOfStock; then nothing is changed.
    """
    wish = _for_sale(variant_id)
    left = wish.available
    checkout = _locked(token) if token else None
    lines = _lines(checkout) if checkout else {}
    line = next((one for one in lines.values() if one.variant_id == variant_id), None)
    wanted = quantity + (line.quantity if line else 0)
    if checkout and wanted > left:
        left += held_pieces(checkout.pk).get(variant_id, 0)
    _check(name=wish.name, wanted=wanted, available=left)
    checkout = checkout or Checkout.objects.create(currency=settings.DEFAULT_CURRENCY)
    _write_line(checkout, line, variant_id, wanted)
    return _finish(checkout, wanted, _total(lines) + quantity)


@transaction.atomic
def change_line(*, token: UUID | None, line_id: int, quantity: int) -> BasketChange:
    """Set a line's pieces; 0 takes it out. Raises LineGone, TooMany or ShortOfStock."""
    checkout = _locked(token) if token else None
    lines = _lines(checkout) if checkout else {}
    if checkout is None or (line := lines.get(line_id)) is None:
        raise LineGone
    if quantity > line.quantity:  # taking some out is always possible
        _check_line(checkout, line, quantity)
    total = _total(lines) - line.quantity + quantity
    if quantity == 0:
        line.delete()
    else:
        CheckoutLine.objects.filter(pk=line.pk).update(quantity=quantity)
    return _finish(checkout, quantity, total)


def _for_sale(variant_id: int) -> ForSale:
    found = for_sale(variant_id)
    if found is None:
        raise NotForSale
    return found


def _check_line(checkout: Checkout, line: CheckoutLine, wanted: int) -> None:
    name = _for_sale(line.variant_id).name
    left = availability([line.variant_id], checkout.country.code)[line.variant_id]
    left += held_pieces(checkout.pk).get(line.variant_id, 0)
    _check(name=name, wanted=wanted, available=left)


def _check(*, name: str, wanted: int, available: int) -> None:
    if wanted > settings.MAX_CHECKOUT_LINE_QUANTITY:
        raise TooMany(limit=settings.MAX_CHECKOUT_LINE_QUANTITY)
    if wanted > available:
        raise ShortOfStock(name=name, wanted=wanted, available=available)


def _locked(token: UUID) -> Checkout | None:
    return Checkout.objects.select_for_update(of=("self",)).filter(pk=token, user=None).first()


def _lines(checkout: Checkout) -> dict[int, CheckoutLine]:
    return {line.pk: line for line in checkout.lines.all()}


def _total(lines: Mapping[int, CheckoutLine]) -> int:
    return sum(line.quantity for line in lines.values())


def _write_line(
    checkout: Checkout, line: CheckoutLine | None, variant_id: int, quantity: int
) -> None:
    if line:
        CheckoutLine.objects.filter(pk=line.pk).update(quantity=quantity)
        return
    CheckoutLine.objects.create(checkout=checkout, variant_id=variant_id, quantity=quantity)


def _finish(checkout: Checkout, line_quantity: int, basket_quantity: int) -> BasketChange:
    checkout.quantity = basket_quantity
    Checkout.objects.filter(pk=checkout.pk).update(
        quantity=basket_quantity, last_change=timezone.now()
    )
    if checkout.voucher_code:
        renew_discount(checkout)
    return BasketChange(checkout.pk, line_quantity, basket_quantity)
