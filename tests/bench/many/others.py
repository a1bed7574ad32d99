"""Vouchers, gift cards, logs and what Stripe said: rows that hang on nothing, or on an order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from django.utils.crypto import get_random_string
from saleor.account.models import User
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.product.models import Product

from dashboard.models import AccessKind, AccessRecord
from plugins.stripe_payments.models import EventState, StripeEvent, UnmatchedPayment
from tests.bench.many.copying import Run, Table, run


@dataclass(frozen=True)
class Other:
    """A row to copy, how many copies there are per order, and what is different in each."""

    row: Model
    share: float
    changes: dict[str, str] = field(default_factory=dict)


def copy_others(keeper: User, orders: int) -> None:
    """Add what a shop with so many orders has gathered besides."""
    own = get_random_string(8).upper()  # no code of an earlier load is the same
    for other in (*_selling(own), *_logs(keeper), *_payments(own)):
        _copy(other.row, max(3, int(orders * other.share)), other.changes)


def _selling(own: str) -> Iterator[Other]:
    voucher = Voucher.objects.create(code=own, discount_value=Decimal(5), currency="GBP")
    numbered = "'M' || lpad(map.new::text, 8, '0')"
    yield Other(voucher, 0.003, {"code": numbered, "used": "map.n % 50"})
    worth = {"initial_balance_amount": Decimal(50), "current_balance_amount": Decimal(20)}
    card = GiftCard.objects.create(code=f"G{own}", currency="GBP", **worth)
    yield Other(card, 0.02, {"code": "upper(substr(md5(random()::text), 1, 16))"})


def _logs(keeper: User) -> Iterator[Other]:
    look = AccessRecord.objects.create(actor=keeper, kind=AccessKind.ORDER, subject_id=1)
    yield Other(look, 2, {"subject_id": "1 + map.n % 100000"})
    change = LogEntry.objects.create(
        user=keeper,
        content_type=ContentType.objects.get_for_model(Product),
        object_id="1",
        object_repr="A product",
        action_flag=CHANGE,
        change_message="Changed price.",
    )
    yield Other(change, 0.1)


def _payments(own: str) -> Iterator[Other]:
    now = timezone.now()
    event = StripeEvent.objects.create(
        event_id=f"evt_{own}",
        kind="checkout.session.completed",
        object_id="cs_many",
        created_at=now,
        next_try_at=now + timedelta(days=1),
        state=EventState.DONE,
    )
    given_up = "CASE map.n % 2000 WHEN 0 THEN 'dead' ELSE 'done' END"
    yield Other(event, 2, {"event_id": "'evt_many_' || map.new", "state": given_up})
    unmatched = UnmatchedPayment.objects.create(intent=f"pi_{own}", amount=1000, currency="gbp")
    yield Other(unmatched, 0.001, {"intent": "'pi_many_' || map.new"})


def _copy(row: Model, count: int, changes: dict[str, str]) -> None:
    name = f"one_{row._meta.model_name}"
    run(
        f"CREATE TEMP TABLE {name}_plan AS SELECT n, interval '1 day' * -730 * (1 - n::float / %s)"
        " AS shift FROM generate_series(1, %s) n",
        [count, count],
    )
    run(f"CREATE TEMP TABLE {name}_roots AS SELECT n, %s AS old FROM {name}_plan", [row.pk])
    Run(name, type(row)).copy(Table(type(row), changes=changes))
