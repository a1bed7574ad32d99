"""Vouchers and gift cards of an order: take what was shown, release and refund them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.order_state import PLACEMENT_KEY, placement_of
from plugins.ordering.pricing import PricedBasket


def take_codes(checkout: Checkout, priced: PricedBasket) -> None:
    """Let Saleor take the discount and the gift cards that were computed, and no others.

    The code of the locked basket is changed in memory only; cards that pay nothing any more are
    taken out of the basket. Whether the voucher is used up is asked again, under its lock, by
    Saleor's prepare_order_data.
    """
    voucher, totals = priced.voucher, priced.totals
    checkout.voucher_code = voucher.code if voucher else None
    checkout.discount = totals.discount
    dead = [one.card_id for one in priced.left_out if one.card_id is not None]
    if dead:
        checkout.gift_cards.remove(*dead)


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
