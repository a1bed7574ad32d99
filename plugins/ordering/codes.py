"""Promo codes as people type them: how they match, what they are called, which conditions hold."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, CharField, ExpressionWrapper, Func, Q, QuerySet, Value
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from prices import Money
from saleor.discount import DiscountValueType, VoucherType
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from product_content.languages import translated_text
from product_content.money import format_money

MAX_TYPED_LENGTH = 100  # characters; codes are shorter, but they are typed in groups and quotes
_LOCK = """
SELECT pg_advisory_xact_lock(
    hashtextextended('stillwater code ' || stillwater_normal_code(%s::text), 0))
"""
HasCode = TypeVar("HasCode", Voucher, GiftCard)


class NormalCode(Func):
    """The normal form of a code, in SQL."""

    function = "stillwater_normal_code"
    output_field = CharField()


def with_code(rows: QuerySet[HasCode], typed: str) -> QuerySet[HasCode]:
    """Return the rows whose code is the typed one, the very spelling first, then the oldest.

    A text without a letter or digit is nobody's code.
    """
    typed = _clean(typed)
    wanted = NormalCode(Value(typed))
    same = rows.alias(normal=NormalCode("code")).filter(normal=wanted).exclude(normal="")
    exact = ExpressionWrapper(Q(code=typed), output_field=BooleanField())
    return same.order_by(exact.desc(), "pk")


def _clean(typed: str) -> str:
    return typed.replace("\x00", "")[:MAX_TYPED_LENGTH]  # PostgreSQL takes no NUL


def is_code(typed: str) -> bool:
    """Say whether anything in the text counts: a letter or a digit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stillwater_normal_code(%s::text) <> ''", [_clean(typed)])
        return bool(cursor.fetchone()[0])


def code_owner(typed: str, *, but_voucher: int | None = None) -> str:
    """Return what has this code, "voucher" or "gift card"; "" when it is free.

    `but_voucher` is the id of a voucher that may keep it. Inside a transaction the code is locked
    until its end, as the trigger does: what is free now is still free when it is saved.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_clean(typed)])
    if with_code(Voucher.objects.exclude(pk=but_voucher), typed).exists():
        return "voucher"
    return "gift card" if with_code(GiftCard.objects.all(), typed).exists() else ""


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


FREE_OF_CHARGE = gettext_noop("Free of charge")


def discount_names(voucher: Voucher | None) -> dict[str, str]:
    """Return what an order keeps of the name: in the shop's language, and the customer's.

    None: the shop gives it away.
    """
    with translation.override(settings.LANGUAGE_CODE):
        name = voucher_name(voucher) if voucher else _(FREE_OF_CHARGE)
    translated = voucher_name(voucher) if voucher else _(FREE_OF_CHARGE)
    return {
        "discount_name": name,
        "translated_discount_name": "" if translated == name else translated,
    }


def discount_label(order: Order) -> str:
    """Return what the order's discount is called, as it was when the order was placed."""
    in_theirs = translation.get_language() == order.language_code
    own = order.translated_discount_name if in_theirs else ""
    return own or order.discount_name or _("Discount")


def condition_problems(
    kind: str | None, *, once_per_order: bool, for_goods: bool
) -> dict[str, str]:
    """Return what a voucher of this kind cannot have, in words for staff, by field.

    `kind` is None where staff chose none that there is; `for_goods` says that products,
    collections or categories are chosen. All other conditions (countries, minimums, limits of
    use, dates) hold for every kind.
    """
    if kind is None:
        return {}
    if kind == VoucherType.SPECIFIC_PRODUCT:
        missing = "Choose the products that it is for, or collections or categories."
        return {} if for_goods else {"products": missing}
    problems = {}
    if once_per_order:
        problems["apply_once_per_order"] = (
            "Only a code for certain products can be for one piece of them."
        )
    if for_goods:
        problems["products"] = (
            "This kind of code does not look at products. Choose “Specific products”, or none."
        )
    return problems
