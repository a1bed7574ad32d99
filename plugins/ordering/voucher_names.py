"""What a voucher is called: by its name, or by what it takes off where staff gave none."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from prices import Money
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.order.models import Order

from product_content.languages import translated_text
from product_content.money import format_money


def voucher_name(voucher: Voucher) -> str:
    """Return what the voucher is called in the active language; by its value if it has no name."""
    own = voucher.name or ""
    if not own:
        return _by_value(voucher)
    written = voucher.translated.name or own  # what staff wrote in Saleor's table goes first
    return translated_text(own) if written == own else str(written)


def _by_value(voucher: Voucher) -> str:
    on_delivery = voucher.type == VoucherType.SHIPPING
    if on_delivery and voucher.is_free:
        return _("Free delivery")
    text = _("%(value)s off delivery") if on_delivery else _("%(value)s off")
    return text % {"value": voucher_value(voucher)}


def voucher_value(voucher: Voucher) -> str:
    """Return what it takes off: a share such as "10 %", or an amount such as "£5.00"."""
    value = Decimal(voucher.discount_value)
    if voucher.discount_value_type == DiscountValueType.PERCENTAGE:
        return f"{number_format(value.normalize())} %"
    return format_money(Money(value, voucher.currency))


def discount_names(voucher: Voucher) -> dict[str, str]:
    """Return what an order keeps of the name: in the shop's language, and the customer's."""
    with translation.override(settings.LANGUAGE_CODE):
        name = voucher_name(voucher)
    translated = voucher_name(voucher)
    return {
        "discount_name": name,
        "translated_discount_name": "" if translated == name else translated,
    }


def discount_label(order: Order) -> str:
    """Return what the order's discount is called, as it was when the order was placed."""
    in_theirs = translation.get_language() == order.language_code
    own = order.translated_discount_name if in_theirs else ""
    return own or order.discount_name or _("Discount")
