"""Stock as an inventory keeper sets it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.warehouse.models import Stock

from plugins.inventory.models import StockEntry
from tests import personas
from tests.factories import WarehouseFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

STOCK = "/staff/dashboard/stockitem/"


@pytest.fixture
def keeper():
    return personas.staff("dashboard.manage_stock")


@pytest.fixture
def stock():
    return variant_in_stock(5).stocks.get()


def page(stock):
    return f"{STOCK}{stock.pk}/change/"


def form(**fields):
    """What the page sends when the keeper saw five and writes nine."""
    return {
        "quantity": "9", "reason": "received", "note": "Delivery 17", "expected": "5",
        "entries-TOTAL_FORMS": "0", "entries-INITIAL_FORMS": "0", **fields,
    }  # fmt: skip


def skus(answer):
    return [row.product_variant.sku for row in answer.context["cl"].result_list]


def test_the_list_shows_on_hand_reserved_and_available(keeper, stock):
    builders.line(builders.order(), stock.product_variant, 3)
    answer = keeper.get(STOCK)
    row = answer.context["cl"].result_list[0]
    assert (row.quantity, row.allocated, row.available) == (5, 3, 2)
    html = answer.content.decode()
    assert stock.product_variant.sku in html
    assert "2 · low" in html


def test_it_finds_by_sku_and_name_and_filters_by_level(keeper):
    full = variant_in_stock(40, sku="BIG-1", product__name="Long set")
    low = variant_in_stock(2, sku="LOW-1", product__name="Short set")
    out = variant_in_stock(0, sku="OUT-1", product__name="Other set")
    everything = [full.sku, out.sku, low.sku]

    assert skus(keeper.get(STOCK)) == everything
    assert skus(keeper.get(STOCK, {"q": "low-"})) == ["LOW-1"]
    assert skus(keeper.get(STOCK, {"q": "long set"})) == ["BIG-1"]
    assert skus(keeper.get(STOCK, {"level": "low"})) == ["OUT-1", "LOW-1"]
    assert skus(keeper.get(STOCK, {"level": "out"})) == ["OUT-1"]
    assert skus(keeper.get(STOCK, {"level": "nonsense"})) == everything


def test_more_rows_need_no_more_queries(keeper):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert keeper.get(STOCK).status_code == 200
        return len(captured)

    variant_in_stock(1)
    count()
    few = count()
    for _ in range(5):
        variant_in_stock(1)
    assert count() == few <= 14


def test_a_keeper_sets_the_quantity_with_a_reason(keeper, stock):
    assert keeper.post(page(stock), form()).status_code == 302

    stock.refresh_from_db()
    change = StockEntry.objects.get(reason="received")
    assert stock.quantity == 9
    assert (change.before, change.after, change.reason, change.note) == (
        5, 9, "received", "Delivery 17",
    )  # fmt: skip
    assert change.actor.is_staff
    html = keeper.get(page(stock)).content.decode()
    assert change.actor.email in html
    assert "Goods received" in html


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "because"}, "Select a valid choice."),
        ({"quantity": "-1"}, "greater than or equal to 0"),
        ({"quantity": "5"}, "The quantity is 5 already."),
        ({"expected": "4"}, "Someone changed this stock meanwhile: it is 5 now, not 4."),
        ({"expected": ""}, "Someone changed this stock meanwhile"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(keeper, stock, fields, message):
    answer = keeper.post(page(stock), form(**fields))

    assert answer.status_code == 200
    assert message in answer.content.decode()
    stock.refresh_from_db()
    assert stock.quantity == 5
    assert not StockEntry.objects.filter(actor__isnull=False).exists()


def test_an_existing_stock_stays_with_its_variant_and_warehouse(keeper, stock):
    other = WarehouseFactory(slug="elsewhere")
    keeper.post(page(stock), form(warehouse=str(other.pk), product_variant="1"))
    moved = Stock.objects.get(pk=stock.pk)
    assert (moved.warehouse_id, moved.product_variant_id) == (
        stock.warehouse_id, stock.product_variant_id,
    )  # fmt: skip


def test_a_keeper_begins_a_stock(keeper):
    variant, warehouse = variant_in_stock(), WarehouseFactory()
    answer = keeper.post(
        f"{STOCK}add/",
        {"product_variant": variant.pk, "warehouse": str(warehouse.pk), "quantity": "4",
         "reason": "received", "note": ""},
    )  # fmt: skip
    assert answer.status_code == 302
    stock = Stock.objects.get()
    assert stock.quantity == 4
    assert list(stock.entries.values_list("before", "after")) == [(0, 4)]


def test_a_stock_is_not_begun_twice(keeper, stock):
    answer = keeper.post(
        f"{STOCK}add/",
        {"product_variant": stock.product_variant_id, "warehouse": str(stock.warehouse_id),
         "quantity": "4", "reason": "received", "note": ""},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    assert Stock.objects.get().quantity == 5


def test_others_cannot_set_a_stock(stock):
    for who, status in (
        (personas.anonymous(), 302),
        (personas.customer(), 302),
        (personas.staff("order.manage_orders"), 403),
    ):
        assert who.post(page(stock), form()).status_code == status
    stock.refresh_from_db()
    assert stock.quantity == 5
    assert not StockEntry.objects.filter(actor__isnull=False).exists()


def test_nobody_deletes_a_stock_or_a_recorded_change(stock):
    assert personas.owner().post(f"{STOCK}{stock.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Stock.objects.filter(pk=stock.pk).exists()


def test_behind_a_pooler_nobody_stands_in_the_ledger_for_somebody_else(keeper, stock, settings):
    settings.DATABASE_POOLED = True

    answer = keeper.post(page(stock), form())

    assert answer.status_code == 503
    assert "Nothing was saved" in answer.content.decode()
    stock.refresh_from_db()
    assert stock.quantity == 5
    assert not StockEntry.objects.exclude(reason="opening").exists()
    assert keeper.get(page(stock)).status_code == 200
