"""Vouchers and gift cards in a basket, by Saleor's own rules."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.checkout.utils import (
    add_voucher_to_checkout,
    recalculate_checkout_discount,
    remove_voucher_from_checkout,
)
from saleor.discount.models import NotApplicable, Voucher
from saleor.discount.utils import fetch_active_discounts
from saleor.giftcard.models import GiftCard

from storefront.errors import CodeRefused, LineGone

_UNKNOWN = _("We do not know this code, or it has ended.")
_NOTHING_LEFT = _("This gift card has nothing left on it.")
_DELIVERY_FIRST = _("This code is for delivery. Choose the delivery first, then enter it.")


@transaction.atomic
def apply_code(*, token: UUID | None, code: str) -> None:
    """Put a voucher or a gift card into the basket. Raises CodeRefused or LineGone."""
    checkout = _locked(token)
    spellings = {code, code.upper()}
    if voucher := Voucher.objects.active(timezone.now()).filter(code__in=spellings).first():
        _add_voucher(checkout, voucher)
    elif card := GiftCard.objects.active(timezone.localdate()).filter(code__in=spellings).first():
        _add_gift_card(checkout, card)
    else:
        raise CodeRefused(str(_UNKNOWN))
    touch(checkout)


@transaction.atomic
def remove_voucher(*, token: UUID | None) -> None:
    """Take the voucher out again. Raises LineGone without a basket."""
    checkout = _locked(token)
    remove_voucher_from_checkout(checkout)
    touch(checkout)


@transaction.atomic
def remove_gift_card(*, token: UUID | None, card_id: int) -> None:
    """Take a gift card out again; one that is not in this basket stays where it is."""
    checkout = _locked(token)
    checkout.gift_cards.remove(card_id)
    touch(checkout)


def renew_discount(checkout: Checkout) -> bool:
    """Work the voucher's discount out anew; False when it no longer applies and was removed."""
    recalculate_checkout_discount(checkout, _lines(checkout), fetch_active_discounts())
    return bool(checkout.voucher_code)


def touch(checkout: Checkout) -> None:
    """Note that the basket has just been changed."""
    checkout.save(update_fields=["last_change"])


def _locked(token: UUID | None) -> Checkout:
    found = Checkout.objects.select_for_update(of=("self",)).filter(pk=token, user=None).first()
    if found is None:
        raise LineGone
    return found


def _lines(checkout: Checkout) -> Iterable[CheckoutLine]:
    return list(
        checkout.lines.select_related("variant__product__product_type").prefetch_related(
            "variant__product__collections"
        )
    )


def _add_voucher(checkout: Checkout, voucher: Voucher) -> None:
    try:
        add_voucher_to_checkout(checkout, _lines(checkout), voucher, fetch_active_discounts())
    except NotApplicable as error:
        text = strip_tags(str(error))
        raise CodeRefused(str(_DELIVERY_FIRST) if "shipping method" in text else text) from error
    renew_discount(checkout)  # Saleor caps the discount at the subtotal only here


def _add_gift_card(checkout: Checkout, card: GiftCard) -> None:
    if card.currency != checkout.currency:
        raise CodeRefused(str(_UNKNOWN))
    if not card.current_balance_amount:
        raise CodeRefused(str(_NOTHING_LEFT))
    checkout.gift_cards.add(card)
