"""The stock table: what it shows, and what is edited in it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from saleor.warehouse.models import Stock

from plugins.inventory.documents import set_aside
from plugins.inventory.ledger import stock_reason
from plugins.inventory.models import ReorderPoint, StockEntry, StockReason
from plugins.inventory.quantities import with_available, with_sales
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

LIST = "/staff/dashboard/stockitem/"


def table(keeper, **query):
    answer = keeper.get(LIST, query)
    assert answer.status_code == 200
    return answer.context["cl"].result_list


def edit(keeper, *rows, **fields):
    """Save the table; each row is (stock, expected, quantity, reorder point)."""
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for number, (stock, expected, quantity, point) in enumerate(rows):
        data |= {
            f"form-{number}-id": stock.pk,
            f"form-{number}-quantity": quantity,
            f"initial-form-{number}-quantity": expected,
            f"form-{number}-reorder_point": point,
            f"initial-form-{number}-reorder_point": "",
        }
    return keeper.post(LIST, {**data, **fields})


def stocks(*quantities):
    return [
        variant_in_stock(q, product__name=f"Set {n}").stocks.get() for n, q in enumerate(quantities)
    ]


def test_all_work_with_goods_is_a_link_above_it(keeper):
    html = keeper.get(LIST).content.decode()
    bar = html[html.index('aria-label="Work with goods"') :].split("</nav>")[0]
    links = re.findall('href="([^"]+)"', bar)
    assert len(links) == 7
    assert {keeper.get(link).status_code for link in links} == {200}


def test_it_shows_sales_days_left_and_what_to_order(keeper):
    (stock,) = stocks(16)
    with stock_reason(reason=StockReason.ORDER_PLACED):
        held = builders.line(builders.order(), stock.product_variant, 10).allocations.get()
    with stock_reason(reason=StockReason.ORDER_RELEASED):
        held.quantity_allocated = 6
        held.save()
    (row,) = table(keeper)
    assert (row.quantity, row.allocated, row.available, row.sold) == (16, 6, 10, 6)
    assert (row.days_left, row.low_at, row.to_order) == (50, 5, 0)
    ReorderPoint.objects.create(stock=stock, pieces=12)
    (row,) = table(keeper, level="low")
    assert (row.low_at, row.to_order) == (12, 12 + 6 - 10)


def test_sold_is_what_this_very_stock_gave_in_thirty_days(keeper, monkeypatch):
    variant = variant_in_stock(5, 5)
    with stock_reason(reason=StockReason.ORDER_PLACED):
        sold_from = builders.line(builders.order(), variant, 3).allocations.get().stock
    [other] = variant.stocks.exclude(pk=sold_from.pk)
    figures = [
        table(keeper, warehouse__id__exact=stock.warehouse_id).get().sold
        for stock in (sold_from, other)
    ]
    assert figures == [3, 0]
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert [s.sold for s in with_sales(with_available(variant.stocks.all()))] == [0, 0]


def test_what_is_set_aside_is_never_low_nor_to_be_ordered(keeper, kit, warehouse):
    one = kit[1][0]
    set_aside(
        key=uuid4(), warehouse_id=warehouse.pk, pieces={one.pk: 2},
        actor_id=UserFactory(is_staff=True).pk, note="Dented",
    )  # fmt: skip
    kept, aside = sorted(table(keeper, q="ONE-1"), key=lambda row: row.warehouse.slug)
    assert (aside.available, aside.to_order, kept.available, kept.to_order) == (2, 0, 3, 2)
    assert [row.pk for row in table(keeper, q="ONE-1", level="low")] == [kept.pk]
    Stock.objects.filter(pk=aside.pk).update(quantity=0)
    assert not table(keeper, q="ONE-1", level="out")


def test_it_filters_by_size_and_kind(keeper, kit):
    assert [row.product_variant.sku for row in table(keeper, size="1")] == ["ONE-1", "SET-12"]
    assert len(table(keeper, size="nonsense")) == 3


def test_more_rows_need_no_more_queries(keeper, kit):
    def count():
        with CaptureQueriesContext(connection) as captured:
            table(keeper)
        return len(captured)

    stocks(1)
    count()
    few = count()
    stocks(*range(20))
    assert count() == few <= 17


def test_rows_are_saved_together_with_one_reason(keeper):
    first, second = stocks(5, 5)
    answer = edit(keeper, (first, 5, 7, ""), (second, 5, 5, 3), reason="counted", note="Shelf 2")
    assert answer.status_code == 302
    assert list(Stock.objects.order_by("pk").values_list("quantity", flat=True)) == [7, 5]
    assert ReorderPoint.objects.get().pieces == 3
    entry = StockEntry.objects.get(reason="counted")
    assert (entry.stock_id, entry.before, entry.after, entry.note) == (first.pk, 5, 7, "Shelf 2")
    assert entry.actor.is_staff


@pytest.mark.parametrize(
    ("expected", "quantity", "reason", "message"),
    [
        (5, 7, "", "Say below why it changes."),
        (5, 7, "order_placed", "Say below why it changes."),
        (4, 7, "counted", "Someone changed this stock meanwhile: it is 5 now, not 4."),
        ("", 7, "counted", "Someone changed this stock meanwhile"),
        (5, -1, "counted", "greater than or equal to 0"),
    ],
)
def test_one_row_that_is_refused_keeps_all_as_they_were(
    keeper, expected, quantity, reason, message
):
    first, second = stocks(5, 5)
    answer = edit(keeper, (first, expected, quantity, ""), (second, 5, 9, 2), reason=reason)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert message in html
    assert f'value="{quantity}"' in html  # what was typed stays
    assert set(Stock.objects.values_list("quantity", flat=True)) == {5}
    assert not ReorderPoint.objects.exists()


def test_a_reorder_point_needs_no_reason_and_can_be_taken_away(keeper):
    (stock,) = stocks(5)
    edit(keeper, (stock, 5, 5, 8))
    assert ReorderPoint.objects.get().pieces == 8
    edit(keeper, (stock, 5, 5, ""), **{"initial-form-0-reorder_point": "8"})
    assert not ReorderPoint.objects.exists()
