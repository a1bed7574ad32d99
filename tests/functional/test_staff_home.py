"""The first page: each role's own work, and numbers that are those of the lists behind them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.models import ErrorReport
from dashboard.roles import ROLES
from dashboard.selectors.home import SALES_DAYS, sales_by_day
from dashboard.selectors.stock import running_out
from plugins.fulfilment.models import Return
from plugins.inventory.ledger import record_check, stock_reason
from plugins.inventory.models import LedgerCheck, StockReason
from plugins.inventory.tasks import check_ledger
from plugins.order_emails.models import CustomerMessage, OutgoingEmail
from plugins.ordering.models import OrderOrigin
from plugins.stripe_payments.models import StripeEvent, UnmatchedPayment
from product_content.models import Review
from tests import personas
from tests.factories import GuideFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = [
    "To pack", "Late", "Needs attention", "Waiting for payment", "Large, not paid", "Returns",
    "Orders today",
]  # fmt: skip
TROUBLE = ["Failed e-mails", "Unmatched payments", "Given-up events"]
STOCK = ["Low stock", "Out of stock", "Stock ledger"]
CONTENT = ["Guides to review", "Draft guides", "Hidden products"]
WORK = {
    "Packer": ["To pack", "Late"],
    "Inventory keeper": STOCK,
    "Content editor": CONTENT,
    "Support": [*ORDERS, "Messages", "Reviews", *TROUBLE],
    "Manager": [
        *(
            *ORDERS,
            "Messages",
            "Reviews",
            *TROUBLE,
            "What went wrong",
            *STOCK[:2],
            *CONTENT,
            STOCK[2],
        ),
    ],
}
CHARTS = {
    "Support": ["Sales in 30 days"],
    "Inventory keeper": ["Stock that runs out first"],
    "Manager": ["Sales in 30 days", "Stock that runs out first"],
}


def busy(times=1):
    """Put one of each kind of work into the shop, `times` over."""
    for _ in range(times):
        paid = builders.order(paid=True)
        number = paid.pk
        line = sell(paid, variant_in_stock(4), 1)
        variant_in_stock(0)
        OrderOrigin.objects.create(order=builders.order(), pieces=8)
        builders.order(flags=["paid_twice"])
        builders.order(paid=True, created=timezone.now() - timedelta(days=9))
        back = builders.order(paid=True, status="fulfilled")
        Return.objects.create(order=back, number=1, state="arrived")
        builders.order(paid=True, status="canceled")
        Review.objects.create(
            line=line, product=line.variant.product, comfort=5, discretion=5, text="Good."
        )
        CustomerMessage.objects.create(email="kim@example.org", text="When does it come?")
        mail(paid, f"dead-{number}", "dead")
        mail(paid, f"sent-{number}", "sent")
        UnmatchedPayment.objects.create(intent=f"pi_{number}", amount=1250, currency="GBP")
        event(f"evt_dead_{number}", "dead")
        event(f"evt_done_{number}", "done")
        GuideFactory()
        GuideFactory(is_published=False)
        variant_in_stock(9, product__is_published=False)
        error_report(f"{number}-new", hours=1)
        error_report(f"{number}-old", hours=25)


def sell(order, variant, pieces):
    """Add a line to the order as placing it does: the ledger knows why."""
    with transaction.atomic(), stock_reason(reason=StockReason.ORDER_PLACED, order_id=order.pk):
        return builders.line(order, variant, pieces)


def mail(order, dedup_key, state):
    OutgoingEmail.objects.create(
        about=f"order-{order.pk}", order=order, kind="order_confirmed", dedup_key=dedup_key,
        state=state, message_id=f"<{dedup_key}>", next_try_at=timezone.now(),
    )  # fmt: skip


def event(name, state):
    now = timezone.now()
    StripeEvent.objects.create(
        event_id=name, kind="charge.dispute.created", object_id="dp_1", state=state,
        created_at=now, next_try_at=now,
    )  # fmt: skip


def error_report(name, hours):
    last = timezone.now() - timedelta(hours=hours)
    ErrorReport.objects.create(
        fingerprint=name, kind="error", what="E", count=7, first_at=last, last_at=last
    )


def home(who):
    answer = who.get("/staff/")
    assert answer.status_code == 200
    return answer


def items(who):
    return {item.label: item for item in home(who).context["work"]}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_sees_its_own_work_and_may_open_each_list(role):
    busy()
    who = personas.in_role(role.name)
    shown = home(who)
    assert [item.label for item in shown.context["work"]] == WORK[role.name]
    assert [chart.title for chart in shown.context["charts"]] == CHARTS.get(role.name, [])
    assert ("£" in shown.content.decode()) == (role.name in ("Support", "Manager"))
    for item in shown.context["work"]:
        assert who.get(item.url).status_code == 200, item


@pytest.mark.parametrize("times", [0, 2])
def test_each_number_is_that_of_the_rows_behind_it(times):
    busy(times)
    who = personas.owner()
    for item in items(who).values():
        if item.label != "Stock ledger":
            assert who.get(item.url).context["cl"].result_count == item.number, item
            assert (item.number > 0) == bool(times), item
    packer = personas.in_role("Packer")
    numbers = [
        (item.number, packer.get(item.url).context["queue"].total)
        for item in items(packer).values()
    ]
    assert numbers == [(2 * times, 2 * times), (times, times)]


def test_only_trouble_is_urgent():
    who = personas.owner()
    assert not any(item.urgent for item in items(who).values())
    busy()
    urgent = {item.label for item in items(who).values() if item.urgent}
    stock = {"Low stock", "Out of stock"}
    orders = {"Late", "Needs attention", "Large, not paid"}
    assert urgent == {*orders, "What went wrong", *stock, *TROUBLE}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_page_asks_as_much_of_the_database_for_many_as_for_few(role):
    who = personas.in_role(role.name)
    busy()
    home(who)  # the first visit also stamps the session
    few = queries(who)
    busy(3)
    assert queries(who) == few <= 6 + len(WORK[role.name]) + len(CHARTS.get(role.name, []))


def queries(who):
    with CaptureQueriesContext(connection) as asked:
        home(who)
    return len(asked)


def test_the_ledger_is_as_good_as_the_last_check_says():
    who = personas.in_role("Inventory keeper")
    assert items(who)["Stock ledger"].number is None
    assert "Not checked yet" in home(who).content.decode()

    record_check()
    agrees = items(who)["Stock ledger"]
    assert (agrees.number, agrees.urgent) == (0, False)
    assert agrees.hint.startswith("Agrees with the stock, ")


def test_a_check_that_is_three_hours_old_says_nothing_of_now():
    record_check()
    LedgerCheck.objects.update(at=timezone.now() - timedelta(hours=1, seconds=1))
    assert items(personas.in_role("Inventory keeper"))["Stock ledger"].urgent


def test_what_differs_is_named_on_the_page_of_the_check():
    order = builders.order()
    builders.line(order, variant_in_stock(5), 2, reserve=False)
    assert check_ledger() == 2

    keeper = personas.in_role("Inventory keeper")
    differs = items(keeper)["Stock ledger"]
    assert (differs.number, differs.urgent) == (2, True)
    listed = keeper.get(differs.url).content.decode()
    assert "Differs" in listed
    assert re.search(r"<h1[^>]*>\s*<span[^>]*>Ledger checks<", listed)
    check = LedgerCheck.objects.get()
    page = keeper.get(f"/staff/inventory/ledgercheck/{check.pk}/change/").content.decode()
    assert f"order {order.pk}: a line needs 2 reserved, and has 0" in page
    line = order.lines.get().pk
    assert f"order {order.pk}: line {line} is to send 2 pieces, and 0 are reserved" in page


def test_the_command_keeps_what_it_found_and_old_checks_go():
    record_check()
    LedgerCheck.objects.update(at=timezone.now() - timedelta(days=31))
    call_command("check_ledger")
    assert LedgerCheck.objects.get().at > timezone.now() - timedelta(minutes=1)


def test_a_day_of_sales_is_its_paid_orders_and_what_was_kept_of_their_money():
    now, yesterday = timezone.now(), timezone.now() - timedelta(days=1)
    builders.order(paid=True, total="10.00", created=now)
    partly_back = builders.order(total="30.00", created=now)
    builders.payment(partly_back, "12.50", status="partially-refunded")
    builders.order(paid=True, total="7.00", created=yesterday)
    builders.order(total="99.00")
    builders.order(paid=True, total="99.00", status="canceled")
    builders.order(paid=True, total="99.00", created=now - timedelta(days=SALES_DAYS + 1))

    days = sales_by_day()
    assert len(days) == SALES_DAYS
    assert days[-1].day == timezone.localdate()
    assert [(row.orders, row.taken) for row in days[-2:]] == [
        (1, Decimal("7.00")),
        (2, Decimal("22.50")),
    ]
    assert sum(row.orders for row in days) == 3


def test_stock_that_nobody_buys_or_that_is_out_does_not_run_out():
    quick, slow = variant_in_stock(8, sku="QUICK"), variant_in_stock(90, sku="SLOW")
    variant_in_stock(1, sku="STILL")
    order = builders.order(paid=True)
    sell(order, variant_in_stock(2, sku="GONE"), 2)
    sell(order, quick, 4)
    sell(order, slow, 3)
    assert [(row.sku, row.available, row.sold, row.days_left) for row in running_out()] == [
        ("QUICK", 4, 4, 30),
        ("SLOW", 87, 3, 870),
    ]


def test_charts_are_tables_for_whoever_cannot_see_them():
    sell(builders.order(paid=True, total="12.50"), variant_in_stock(8, sku="QUICK"), 4)
    html = home(personas.owner()).content.decode()
    assert "1 paid order, £12.50 taken, less refunds." in html
    assert html.count("<canvas") == 3
    assert html.count("As a table") == 2
    assert "QUICK" in html
