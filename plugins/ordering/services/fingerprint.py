"""A short mark of everything a customer has put into a basket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from saleor.account.models import Address
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount import DiscountInfo
from saleor.plugins.manager import get_plugins_manager


def basket_fingerprint(
    checkout: Checkout, discounts: Iterable[DiscountInfo], card_ids: Sequence[int]
) -> str:
    """Return a SHA-256 of lines, today's prices, delivery, addresses, codes, note and choices.

    Prices belong to it: a customer who places again after a price change pays the price
    that the page shows, not the one of the order before. It is a hash, so nothing of an
    address can be read from it.
    """
    content = {
        "lines": sorted(_line(line, discounts) for line in checkout.lines.all()),
        "method": checkout.shipping_method_id,
        "delivery": _delivery_price(checkout, discounts),
        "to": _address(checkout.shipping_address),
        "bill": _address(checkout.billing_address),
        "email": checkout.get_customer_email(),
        "code": checkout.voucher_code,
        "cards": sorted(card_ids),
        "note": checkout.note,
        "chosen": checkout.metadata or {},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _line(line: CheckoutLine, discounts: Iterable[DiscountInfo]) -> list[str]:
    price = line.variant.get_price(discounts)
    return [str(line.variant_id), str(line.quantity), str(price.amount)]


def _delivery_price(checkout: Checkout, discounts: Iterable[DiscountInfo]) -> str:
    """Return the price with what plugins add to it for the basket's choices."""
    if checkout.shipping_method is None:
        return ""
    lines = list(checkout.lines.all())
    price = get_plugins_manager().calculate_checkout_shipping(checkout, lines, discounts)
    return str(price.gross.amount)


def _address(address: Address | None) -> dict[str, str]:
    return {key: str(value) for key, value in address.as_data().items()} if address else {}
