"""What a basket costs at this moment: the one computation behind every page and every order.

Nothing is written here and nothing that was stored about a discount is read, so a price, a
sale or a code that changed counts from the next page on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext
from prices import Money, TaxedMoney
from saleor.checkout.models import CheckoutLine
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.plugins.manager import PluginsManager, get_plugins_manager

from plugins.ordering.basket import Basket, delivery_applies
from plugins.ordering.holds import Holds
from plugins.ordering.totals import (
    CARD_DIGITS,
    CardPayment,
    CodeDiscount,
    LineTotals,
    Totals,
    zero,
)
from plugins.ordering.voucher_discounts import find_voucher, voucher_answer
from plugins.ordering.voucher_names import voucher_name
from product_content.languages import translated_text


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A code, gift card or delivery in the basket that does not count now, and why.

    `name` is what the customer knows it by, `reason` a sentence. `price` is what a delivery
    that no longer applies would have cost; None for a code or a card.
    """

    kind: Literal["voucher", "card", "delivery"]
    name: str
    reason: str
    card_id: int | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """The sums of a basket, what of it does not count, and the voucher that does."""

    totals: Totals
    left_out: tuple[LeftOut, ...]
    voucher: Voucher | None

    @property
    def left_out_codes(self) -> tuple[LeftOut, ...]:
        """The codes and gift cards that do not count."""
        return tuple(one for one in self.left_out if one.kind != "delivery")

    @property
    def left_out_delivery(self) -> LeftOut | None:
        """The chosen delivery, if it does not apply any more."""
        return next((one for one in self.left_out if one.kind == "delivery"), None)


def price_basket(basket: Basket) -> PricedBasket:
    """Return what the basket costs now; call it inside `one_configuration`.

    Works for a basket at any step: without an address or a delivery these are left out.
    """
    manager = get_plugins_manager()
    totals, no_delivery = _with_delivery(basket, _goods(basket, manager))
    totals, voucher, no_code = _with_voucher(basket, totals)
    totals, no_cards = _with_cards(basket, totals)
    return PricedBasket(totals, (*no_delivery, *no_code, *no_cards), voucher)


def _goods(basket: Basket, manager: PluginsManager) -> Totals:
    currency = basket.checkout.currency
    prices = [manager.calculate_checkout_line_total(ln, basket.discounts) for ln in basket.lines]
    return Totals(
        currency=currency,
        lines=tuple(map(_line, basket.lines, prices)),
        discounts=(),
        delivery=None,
        delivery_name="",
        gift_cards=(),
        tax=sum((price.tax for price in prices), zero(currency)),
    )


def _line(line: CheckoutLine, price: TaxedMoney) -> LineTotals:
    return LineTotals(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit_price=(price.gross / line.quantity).quantize(),
        undiscounted_unit_price=line.variant.base_price.quantize(),
        tax=price.tax,
    )


def delivery_price(basket: Basket) -> TaxedMoney:
    """Return what the basket's delivery method costs, with the options chosen for it."""
    manager = get_plugins_manager()
    return manager.calculate_checkout_shipping(basket.checkout, basket.lines, basket.discounts)


def _with_delivery(basket: Basket, totals: Totals) -> tuple[Totals, tuple[LeftOut, ...]]:
    checkout = basket.checkout
    if not checkout.is_shipping_required():
        return replace(totals, delivery=zero(totals.currency)), ()
    if checkout.shipping_method is None or checkout.shipping_address is None:
        return totals, ()
    name = translated_text(checkout.shipping_method.name)
    price = delivery_price(basket)
    applies = delivery_applies(checkout, totals.subtotal)
    if not applies.allowed:
        gone = LeftOut("delivery", name, applies.reason, price=price.gross)
        return totals, (gone,)
    tax = totals.tax + price.tax
    return replace(totals, delivery=price.gross, delivery_name=name, tax=tax), ()


def _with_voucher(
    basket: Basket, totals: Totals
) -> tuple[Totals, Voucher | None, tuple[LeftOut, ...]]:
    code = basket.checkout.voucher_code
    if not code:
        return totals, None, ()
    voucher = find_voucher(code)
    if voucher is None:
        reason = gettext("We do not know this code any more.")
        return totals, None, (LeftOut("voucher", code, reason),)
    answer = voucher_answer(voucher, basket, totals)
    if answer.discount is None:
        return totals, None, (LeftOut("voucher", code, answer.reason),)
    off = CodeDiscount(voucher.code, voucher_name(voucher), answer.discount)
    return replace(totals, discounts=(off,)), voucher, ()


def _with_cards(basket: Basket, totals: Totals) -> tuple[Totals, tuple[LeftOut, ...]]:
    refusals = [(card, card_refusal(card, basket.holds)) for card in basket.cards]
    usable = [card for card, reason in refusals if not reason]
    left_out = tuple(
        LeftOut("card", card.code[-CARD_DIGITS:], reason, card_id=card.pk)
        for card, reason in refusals
        if reason
    )
    paid = tuple(_payments(usable, basket.holds, totals.total))
    return replace(totals, gift_cards=paid), left_out


def card_refusal(card: GiftCard, holds: Holds) -> str:
    """Say why a gift card cannot pay anything now; "" when it can."""
    today = timezone.localdate()
    if not card.is_active or card.start_date > today:
        return gettext("This gift card cannot be used at the moment.")
    if card.end_date is not None and card.end_date < today:
        return gettext("This gift card has ended.")
    if not card_balance(card, holds).amount:
        return gettext("This gift card has nothing left on it.")
    return ""


def card_balance(card: GiftCard, holds: Holds) -> Money:
    """Return what is on a gift card for a basket: its balance and what its own order holds."""
    return Money(card.current_balance_amount + holds.on_card(card.pk), card.currency)


def _payments(cards: Iterable[GiftCard], holds: Holds, total: Money) -> Iterator[CardPayment]:
    """Yield what each card pays; Saleor takes the cards in the same order, by code."""
    left: Decimal = total.amount
    for card in cards:
        part = min(card_balance(card, holds).amount, left)
        left -= part
        if part:
            yield CardPayment(card.pk, card.code[-CARD_DIGITS:], Money(part, total.currency))
