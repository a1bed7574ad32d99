"""Baskets that are ready to place."""

from saleor.checkout.models import Checkout, CheckoutLine

from tests.factories.people import AddressFactory
from tests.factories.shop import ShippingMethodFactory


def basket(*lines, voucher=None, cards=(), **fields):
    """Return a guest's checkout with address and delivery; `lines` are (variant, quantity)."""
    checkout = Checkout.objects.create(
        **{
            "email": "robin@example.org",
            "currency": "GBP",
            "country": "GB",
            "billing_address": AddressFactory(),
            "shipping_address": AddressFactory(),
            "shipping_method": ShippingMethodFactory(),
            "quantity": sum(quantity for _, quantity in lines),
            "voucher_code": voucher.code if voucher else None,
            **fields,
        }
    )
    for variant, quantity in lines:
        CheckoutLine.objects.create(checkout=checkout, variant=variant, quantity=quantity)
    checkout.gift_cards.set(cards)
    return checkout


def change_quantity(checkout, quantity):
    """Set every line of the checkout to `quantity` pieces."""
    checkout.lines.update(quantity=quantity)
