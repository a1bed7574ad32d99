"""What is late: paid, still here, and a whole working day has passed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from saleor.order.models import Order

from dashboard.policies import earliest_on_time_day
from dashboard.selectors.orders import is_late, orders_with_payment
from tests.unit.dashboard import builders

WORKING = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2026, 11, 25), date(2026, 11, 24)),  # Wednesday: Tuesday's are on time
        (date(2026, 11, 23), date(2026, 11, 20)),  # Monday: Friday's and the weekend's are
        (date(2026, 11, 22), date(2026, 11, 20)),  # Sunday: nobody works, so nothing gets late
    ],
)
def test_an_order_has_until_the_end_of_the_next_working_day(today, since):
    assert earliest_on_time_day(today=today, weekdays=WORKING) == since


def test_without_working_days_nothing_is_late():
    assert earliest_on_time_day(today=date(2026, 11, 25), weekdays=()) == date(2026, 11, 25)


@pytest.mark.django_db
def test_late_are_paid_orders_from_before_that_are_wanted_by_now(monkeypatch):
    now = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Europe/London"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    def placed(day, **fields):
        order = builders.order(**{"paid": True, **fields})
        moment = datetime(2026, 11, day, 23, 59, tzinfo=ZoneInfo("Europe/London"))
        Order.objects.filter(pk=order.pk).update(created=moment)
        return order.pk

    def wanted(day):
        return {"discretion_contract": {"choices": {"not_before": day}}}

    old = placed(23)
    due = placed(23, metadata=wanted("2026-11-25"))
    part = placed(20, status="partially fulfilled")
    plain = placed(23, metadata=wanted(""))
    placed(24)
    placed(23, metadata=wanted("2026-11-26"))
    placed(23, paid=False)
    placed(23, status="fulfilled")
    placed(23, flags=["dispute"])

    found = set(orders_with_payment().filter(is_late()).values_list("pk", flat=True))
    assert found == {old, due, part, plain}
