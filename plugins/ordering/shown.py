"""The picture of a basket that its customer was shown before paying.

The review page carries it, signed, in its form; `place_order` compares it, under its locks,
with the basket as it is then. An order is made of what was shown, or not at all.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass

from django.core import signing
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout

from plugins.ordering.basket import Basket
from plugins.ordering.order_messages import RECEIPT_KEY
from plugins.ordering.pricing import PricedBasket

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
    chosen = {key: value for key, value in (checkout.metadata or {}).items() if key != RECEIPT_KEY}
    return _hash(
        _address_content(checkout.shipping_address),
        _address_content(checkout.billing_address),
        (checkout.get_customer_email() or "").strip().lower(),
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
    return _hash(astuple(picture), RECEIPT_KEY in (basket.checkout.metadata or {}))


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
