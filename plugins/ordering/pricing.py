"""What a basket costs at this moment: the one computation behind every page and every order.

Nothing is written here and nothing that was stored about a discount is read, so a price, a
sale or a code that changed counts from the next page on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from typing import Literal

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from prices import Money, TaxedMoney
from saleor.account.models import Address
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.plugins.manager import PluginsManager, get_plugins_manager
from saleor.shipping.models import ShippingMethod

from plugins.ordering.basket import Basket, delivery_applies
from plugins.ordering.codes import FREE_OF_CHARGE, voucher_name
from plugins.ordering.discounts import find_voucher, voucher_answer
from plugins.ordering.holds import Holds
from plugins.ordering.order_messages import RECEIPT_KEY, TICKS, is_ticked
from plugins.ordering.order_state import free_because
from plugins.ordering.order_taxes import price_there, with_tax
from plugins.ordering.policies import CARD_ENDED, CARD_NOT_BEGUN, CARD_OFF, card_may_pay
from plugins.ordering.totals import CARD_DIGITS, CardPayment, CodeDiscount, LineTotals, Totals
from product_content.languages import translated_text
from product_content.money import zero
from product_content.parsing import normal_email


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
    return _with_codes(basket, *_with_delivery(basket, _goods(basket, get_plugins_manager())))


def price_deliveries(
    basket: Basket, methods: Iterable[ShippingMethod]
) -> list[tuple[ShippingMethod, Totals]]:
    """Return those of the methods that the basket may take, with its sums if it took them.

    The goods are priced once. Call it inside `one_configuration`; the basket is to be thrown
    away, as it has the last method then.
    """
    goods, found = _goods(basket, get_plugins_manager()), []
    for method in methods:
        basket.checkout.shipping_method = method  # not saved: prices are for the checkout's method
        totals, left_out = _with_delivery(basket, goods)
        if not left_out:
            found.append((method, _with_codes(basket, totals, ()).totals))
    return found


def _with_codes(basket: Basket, totals: Totals, no_delivery: tuple[LeftOut, ...]) -> PricedBasket:
    if free_because(basket.checkout):
        return PricedBasket(_given_away(totals), no_delivery, None)
    totals, voucher, no_code = _with_voucher(basket, totals)
    totals, no_cards = _with_cards(basket, with_tax(basket, totals, voucher))
    return PricedBasket(totals, (*no_delivery, *no_code, *no_cards), voucher)


def _given_away(totals: Totals) -> Totals:
    """Return the sums of what staff give away: the goods at their price, all of it taken off.

    Nothing is paid, so there is no VAT in it; its delivery costs nothing, and codes are not needed.
    """
    nothing = zero(totals.currency)
    off = CodeDiscount("", gettext(FREE_OF_CHARGE), totals.subtotal)
    return replace(
        totals,
        lines=tuple(replace(line, tax=nothing) for line in totals.lines),
        discounts=(off,),
        delivery=None if totals.delivery is None else nothing,
        delivery_tax=None,
    )


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
        tax=zero(currency),  # it is computed once codes have made the prices less
    )


def _line(line: CheckoutLine, price: TaxedMoney) -> LineTotals:
    return LineTotals(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit_price=(price.gross / line.quantity).quantize(),
        undiscounted_unit_price=price_there(line, line.variant.base_price.quantize()),
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
    return replace(totals, delivery=price.gross, delivery_name=name, delivery_tax=price.tax), ()


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
    on_delivery = voucher.type == VoucherType.SHIPPING
    off = CodeDiscount(voucher.code, voucher_name(voucher), answer.discount, on_delivery)
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


_NOT_NOW = gettext_noop("This gift card cannot be used at the moment.")
_CARD_REFUSALS = {
    CARD_OFF: _NOT_NOW,
    CARD_NOT_BEGUN: _NOT_NOW,
    CARD_ENDED: gettext_noop("This gift card has ended."),
}


def card_refusal(card: GiftCard, holds: Holds) -> str:
    """Say why a gift card cannot pay anything now; "" when it can."""
    spendable, why = card_may_pay(card, timezone.localdate())
    if not spendable:
        return gettext(_CARD_REFUSALS[why])
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


_SALT = "shown before paying"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A variant, its pieces, and the price of one as text."""

    variant_id: int
    quantity: int
    unit_price: str


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A delivery method and its price with options, as text."""

    method_id: int
    price: str


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A voucher's code and what it takes off, as text."""

    code: str
    amount: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A gift card, the end of its code and what it pays, as text."""

    card_id: int
    code_end: str
    amount: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the customer agrees to by paying; amounts are text, as 12.50.

    `due` is what is left to pay. `others` is a hash of the e-mail address, the postal addresses,
    the note and the delivery options: nothing of them can be read from it. What the payment
    provider's own receipt is about is not in it, as it is chosen in the same form.
    """

    currency: str
    lines: tuple[ShownLine, ...]
    delivery: ShownDelivery | None
    codes: tuple[ShownCode, ...]
    cards: tuple[ShownCard, ...]
    due: str
    others: str


def picture_of(basket: Basket, priced: PricedBasket) -> Picture:
    """Return the picture of a basket at the prices that were computed for it."""
    totals, method = priced.totals, basket.checkout.shipping_method
    delivery = None
    if totals.delivery is not None and method is not None:
        delivery = ShownDelivery(method.pk, _text(totals.delivery))
    return Picture(
        currency=totals.currency,
        lines=tuple(
            ShownLine(line.variant_id or 0, line.quantity, _text(line.unit_price))
            for line in sorted(totals.lines, key=lambda line: line.variant_id or 0)
        ),
        delivery=delivery,
        codes=tuple(ShownCode(one.code, _text(one.amount)) for one in totals.discounts),
        cards=tuple(
            ShownCard(card.card_id or 0, card.code_end, _text(card.amount))
            for card in totals.gift_cards
        ),
        due=_text(totals.due),
        others=_others(basket.checkout),
    )


def _text(amount: Money) -> str:
    return str(amount.quantize().amount)


def _others(checkout: Checkout) -> str:
    metadata = checkout.metadata or {}
    chosen = {key: value for key, value in metadata.items() if key not in TICKS}
    return _hash(
        _address_content(checkout.shipping_address),
        _address_content(checkout.billing_address),
        normal_email(checkout.get_customer_email() or ""),
        checkout.note,
        chosen,
    )


def _address_content(address: Address | None) -> dict[str, str]:
    return {key: str(value) for key, value in address.as_data().items()} if address else {}


def _hash(*content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def fingerprint(basket: Basket, picture: Picture) -> str:
    """Return a SHA-256 of all that an order is made from, to know an order of the same again.

    That is the picture, and whether the provider is to send its own receipt.
    """
    return _hash(astuple(picture), is_ticked(basket.checkout, RECEIPT_KEY))


def signed(picture: Picture) -> str:
    """Return the picture as the text that a form carries."""
    return signing.dumps(astuple(picture), salt=_SALT, compress=True)


def read_signed(text: str) -> Picture | None:
    """Return the picture that a form carried; None for anything that we did not sign."""
    try:
        currency, lines, delivery, codes, cards, due, others = signing.loads(text, salt=_SALT)
        return Picture(
            currency,
            tuple(ShownLine(*line) for line in lines),
            ShownDelivery(*delivery) if delivery else None,
            tuple(ShownCode(*code) for code in codes),
            tuple(ShownCard(*card) for card in cards),
            due,
            others,
        )
    except (signing.BadSignature, TypeError, ValueError):
        return None
