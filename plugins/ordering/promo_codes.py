"""Vouchers and gift cards of an order: take what was shown, release and refund them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import F
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.discount.models import NotApplicable, Voucher, VoucherCustomer
from saleor.discount.utils import add_voucher_usage_by_customer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.locks import lock_gift_cards
from plugins.ordering.order_state import PLACEMENT_KEY, placement_of
from plugins.ordering.outcomes import PromoNotApplicable
from plugins.ordering.pricing import LeftOut
from plugins.ordering.totals import CardPayment


def take_voucher(voucher: Voucher, email: str) -> str | None:
    """Take one use of a voucher; return the address it counts as used by, if it is once for each.

    Whether it still runs and has uses left is asked again by the statement that takes one: it
    locks the row. Raises PromoNotApplicable.
    """
    running = Voucher.objects.active(timezone.now()).filter(pk=voucher.pk)
    if not running.update(used=F("used") + 1):
        raise PromoNotApplicable
    if not voucher.apply_once_per_customer:
        return None
    try:
        add_voucher_usage_by_customer(voucher, email)
    except NotApplicable as error:
        raise PromoNotApplicable from error
    return email


def pay_with_cards(
    order: Order, cards: Sequence[GiftCard], payments: Sequence[CardPayment]
) -> None:
    """Take from each locked card what was computed that it pays, and link it with the order."""
    paid = {payment.card_id: payment.amount.amount for payment in payments}
    taken = [card for card in cards if card.pk in paid]
    if not taken:
        return
    for card in taken:
        card.current_balance_amount -= paid[card.pk]
        card.last_used_on = timezone.now()
    GiftCard.objects.bulk_update(taken, ["current_balance_amount", "last_used_on"])
    order.gift_cards.add(*taken)


def remove_dead_cards(checkout: Checkout, left_out: Iterable[LeftOut]) -> None:
    """Take the cards that pay nothing any more out of the basket."""
    dead = [one.card_id for one in left_out if one.card_id is not None]
    if dead:
        checkout.gift_cards.remove(*dead)


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


def release_gift_cards(order: Order) -> None:
    """Give back what a locked order took of gift cards when it was placed, and note that.

    For one that was never paid. What a paid one gives back is a part of a refund, and the note
    stays: what is left on it for refunds is what it says less those parts.
    """
    placement = placement_of(order)
    if placement["gift_cards"]:
        credit_gift_cards(placement["gift_cards"])
        order.store_value_in_private_metadata({PLACEMENT_KEY: {**placement, "gift_cards": {}}})
        order.save(update_fields=["private_metadata"])
