"""Vouchers and gift cards."""

import factory
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard


class VoucherFactory(factory.django.DjangoModelFactory):
    """Ten pounds off the whole order."""

    class Meta:
        model = Voucher

    code = factory.Sequence(lambda number: f"CODE{number}")
    type = VoucherType.ENTIRE_ORDER
    discount_value_type = DiscountValueType.FIXED
    discount_value = "10.00"
    currency = "GBP"


class GiftCardFactory(factory.django.DjangoModelFactory):
    """A gift card with 20.00 on it."""

    class Meta:
        model = GiftCard

    code = factory.Sequence(lambda number: f"CARD{number}")
    currency = "GBP"
    initial_balance_amount = "20.00"
    current_balance_amount = factory.SelfAttribute("initial_balance_amount")
