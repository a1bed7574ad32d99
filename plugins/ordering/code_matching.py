"""Promo codes as people type them: one normal form, kept by the database, for every look-up.

Only letters and digits count, in any case: "calm-10", "“CALM 10”" and "CALM10" are one code. The
form is computed by `stillwater_normal_code` in PostgreSQL, which its indexes and the trigger that
refuses a code that is taken use too, so that no two places can disagree.
"""

from __future__ import annotations

from typing import TypeVar

from django.db import connection
from django.db.models import BooleanField, CharField, ExpressionWrapper, Func, Q, QuerySet, Value
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard

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


def voucher_of_basket(
    checkout: Checkout, vouchers: QuerySet[Voucher] | None = None, with_lock: bool = False
) -> Voucher | None:
    """Return the running voucher of the basket, or None; locked with `with_lock`.

    It stands in for Saleor's get_voucher_for_checkout, which loses a code whose spelling staff
    change while it is in baskets.
    """
    if not checkout.voucher_code:
        return None
    rows = Voucher.objects.active(timezone.now()) if vouchers is None else vouchers
    rows = rows.select_for_update() if with_lock else rows
    return with_code(rows, checkout.voucher_code).first()
