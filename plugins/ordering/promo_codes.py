"""Vouchers and gift cards: check and price them for an order, release and refund them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F
from prices import Money
from saleor.checkout.calculations import checkout_subtotal
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.checkout.utils import get_voucher_discount_for_checkout, get_voucher_for_checkout
from saleor.discount import DiscountInfo, VoucherType
from saleor.discount.models import NotApplicable, Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.order_state import PLACEMENT_KEY, placement_of
from plugins.ordering.outcomes import PromoNotApplicable


def refuse_unusable_cards(cards: Sequence[GiftCard], today: date) -> None:
    """Raise PromoNotApplicable for a card that is empty, inactive or out of its dates."""
    if not all(_is_usable(card, today) for card in cards):
        raise PromoNotApplicable


def _is_usable(card: GiftCard, today: date) -> bool:
    started = card.start_date <= today
    ended = card.end_date is not None and card.end_date < today
    return card.is_active and started and not ended and card.current_balance_amount > 0


def reprice_voucher(
    checkout: Checkout, lines: Sequence[CheckoutLine], discounts: Iterable[DiscountInfo]
) -> None:
    """Set the basket's discount to what its voucher gives at today's prices.

    Raises PromoNotApplicable when the voucher has ended or does not fit any more. Whether
    it is used up is asked again, under its lock, by Saleor's prepare_order_data.
    """
    if checkout.voucher_code is None:
        checkout.discount_amount = Decimal(0)
        return
    voucher = get_voucher_for_checkout(checkout)
    if voucher is None:
        raise PromoNotApplicable
    checkout.discount = _discount(voucher, checkout, lines, discounts)


def _discount(
    voucher: Voucher,
    checkout: Checkout,
    lines: Sequence[CheckoutLine],
    discounts: Iterable[DiscountInfo],
) -> Money:
    try:
        discount = get_voucher_discount_for_checkout(voucher, checkout, lines, discounts)
    except NotApplicable as error:
        raise PromoNotApplicable from error
    if voucher.type == VoucherType.SHIPPING:
        return discount
    subtotal = checkout_subtotal(checkout=checkout, lines=lines, discounts=discounts)
    return min(discount, subtotal.gross)


def spent_by_card(cards: Sequence[GiftCard]) -> dict[str, str]:
    """Return what each locked card has paid since it was read: pk to amount.

    Saleor links cards to an order without the amounts; they are needed to give them back.
    """
    before = {card.pk: card.current_balance_amount for card in cards}
    now = GiftCard.objects.filter(pk__in=before).values_list("pk", "current_balance_amount")
    return {str(pk): str(before[pk] - left) for pk, left in now if before[pk] != left}


def credit_gift_cards(spent: dict[str, str]) -> None:
    """Put the amounts back on the cards."""
    for card in lock_gift_cards(pk__in=list(spent)):
        card.current_balance_amount += Decimal(spent[str(card.pk)])
        card.save(update_fields=["current_balance_amount"])


def release_voucher_use(order: Order, once_for: str | None) -> None:
    """Take one use off the order's voucher, and free it again for `once_for` (an e-mail)."""
    if order.voucher_id is None:
        return
    Voucher.objects.filter(pk=order.voucher_id, used__gt=0).update(used=F("used") - 1)
    if once_for:
        VoucherCustomer.objects.filter(
            voucher_id=order.voucher_id, customer_email=once_for
        ).delete()


def give_back_gift_cards(order: Order) -> None:
    """Give back what a locked order took of gift cards when it was placed, and note that.

    For one that was never paid. What a paid one gives back is a part of a refund, and the note
    stays: what is left on it for refunds is what it says less those parts.
    """
    placement = placement_of(order)
    if placement["gift_cards"]:
        credit_gift_cards(placement["gift_cards"])
        order.store_value_in_private_metadata({PLACEMENT_KEY: {**placement, "gift_cards": {}}})
        order.save(update_fields=["private_metadata"])
