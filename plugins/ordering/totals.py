"""The sums of a basket or an order, and how its lines are called, as every page and paper has them.

`plugins.ordering.pricing` computes them for a basket, `totals_of_order` for a placed order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from prices import Money
from saleor.discount import VoucherType
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderLine

from plugins.ordering.codes import discount_label
from plugins.ordering.order_state import placement_of
from plugins.taxes.calculation import TaxPart
from product_content.languages import translated_text
from product_content.money import zero

CARD_DIGITS: Final = 4  # of a gift card's code that a page shows


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, zero(currency))


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What the pieces of one line cost; prices are with tax, `tax` is what of `total` is VAT.

    That is before a code takes something off; what is kept of an order is `Totals.vat`.

    `undiscounted_unit_price` is the price without a sale; of an order only the price that was
    paid is known, so there both are the same.
    """

    variant_id: int | None
    quantity: int
    unit_price: Money
    undiscounted_unit_price: Money
    tax: Money

    @property
    def total(self) -> Money:
        """All pieces together."""
        return self.unit_price * self.quantity

    @property
    def undiscounted(self) -> Money:
        """All pieces together, without a sale."""
        return self.undiscounted_unit_price * self.quantity

    @property
    def discount(self) -> Money:
        """What a sale takes off the pieces."""
        return self.undiscounted - self.total


@dataclass(frozen=True, slots=True)
class CodeDiscount:
    """What a voucher takes off; `name` is for the customer and may be empty.

    `on_delivery`: off the delivery, not off the goods.
    """

    code: str
    name: str
    amount: Money
    on_delivery: bool = False


@dataclass(frozen=True, slots=True)
class CardPayment:
    """What a gift card pays; `card_id` is None where an older order does not say which card."""

    card_id: int | None
    code_end: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The rows from the goods to what is to be paid; prices are with tax.

    Goods less discounts plus delivery is `total`; less gift cards it is `due`, which is what the
    payment provider asks for. `delivery` is None while none is chosen. `tax` is what of `total`
    is VAT; zero where the shop computes none. `vat` has it by line and rate, and `delivery_tax`
    what of `delivery` is VAT before a code; of a basket only: an order keeps them in rows.
    """

    currency: str
    lines: tuple[LineTotals, ...]
    discounts: tuple[CodeDiscount, ...]
    delivery: Money | None
    delivery_name: str
    gift_cards: tuple[CardPayment, ...]
    tax: Money
    vat: tuple[TaxPart, ...] = ()
    delivery_tax: Money | None = None

    @property
    def subtotal(self) -> Money:
        """The goods."""
        return _sum((line.total for line in self.lines), self.currency)

    @property
    def discount(self) -> Money:
        """What vouchers take off."""
        return _sum((one.amount for one in self.discounts), self.currency)

    @property
    def goods(self) -> Money:
        """What the goods are worth to a customs office: less what a voucher takes off them.

        Goods that are given away are still worth their price.
        """
        off = _sum((one.amount for one in self.discounts if not one.on_delivery), self.currency)
        return self.subtotal - off if off < self.subtotal else self.subtotal

    @property
    def card_total(self) -> Money:
        """What gift cards pay."""
        return _sum((card.amount for card in self.gift_cards), self.currency)

    @property
    def total(self) -> Money:
        """The price of everything, never below zero."""
        whole = self.subtotal - self.discount + (self.delivery or zero(self.currency))
        return max(whole, zero(self.currency))

    @property
    def due(self) -> Money:
        """What is left to pay once the gift cards have paid."""
        return self.total - self.card_total

    @property
    def net(self) -> Money:
        """`total` without tax."""
        return self.total - self.tax


def totals_of_order(order: Order) -> Totals:
    """Return the sums of a placed order, as they were when it was placed.

    Reads its lines, and its gift cards where some paid. Of an order that does not say which
    card paid how much, what is missing from its total stands as one gift card.
    """
    totals = _before_cards(order)
    paid_by_cards = totals.due - order.total_gross
    if paid_by_cards.amount <= 0:
        return totals
    return replace(totals, gift_cards=_card_payments(order, paid_by_cards))


def price_of_order(order: Order) -> Money:
    """Return the price of everything in a placed order, whoever pays it; reads only its lines."""
    return _before_cards(order).total


def _before_cards(order: Order) -> Totals:
    return Totals(
        currency=order.currency,
        lines=tuple(_line(line) for line in order.lines.all()),
        discounts=_discounts(order),
        delivery=order.shipping_price_gross,
        delivery_name=translated_text(order.shipping_method_name or ""),
        gift_cards=(),
        tax=order.total.tax,
    )


def _line(line: OrderLine) -> LineTotals:
    price = line.unit_price
    return LineTotals(
        variant_id=line.variant_id,
        quantity=line.quantity,
        unit_price=price.gross,
        undiscounted_unit_price=price.gross,
        tax=price.tax * line.quantity,
    )


def _discounts(order: Order) -> tuple[CodeDiscount, ...]:
    if not order.discount_amount:
        return ()
    code = order.voucher.code if order.voucher else ""
    on_delivery = order.voucher is not None and order.voucher.type == VoucherType.SHIPPING
    return (CodeDiscount(code, discount_label(order), order.discount, on_delivery),)


def _card_payments(order: Order, whole: Money) -> tuple[CardPayment, ...]:
    """Return what each card paid, or one payment of all where that is not known."""
    paid = {pk: Decimal(amount) for pk, amount in placement_of(order)["gift_cards"].items()}
    if sum(paid.values()) != whole.amount:
        return (CardPayment(None, "", whole),)
    cards = GiftCard.objects.filter(pk__in=paid).order_by("code").values_list("pk", "code")
    return tuple(
        CardPayment(pk, code[-CARD_DIGITS:], Money(paid[str(pk)], order.currency))
        for pk, code in cards
    )


def option_of(line: OrderLine) -> str:
    """Return what was chosen of an ordered product, such as its size, or ""."""
    return option_name(line.variant_name, line.product_sku)


def option_name(name: str, sku: str) -> str:
    """Return the name of a variant as its order line has it; "" for what has none."""
    return "" if name == sku else translated_text(name)  # Saleor puts the SKU for no name


def full_name(line: OrderLine) -> str:
    """Return the name of an ordered product with what was chosen of it."""
    return ", ".join(filter(None, [translated_text(line.product_name), option_of(line)]))
