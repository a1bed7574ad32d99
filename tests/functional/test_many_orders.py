"""Two years of orders: the books still agree, and no staff page asks more of the database."""

import os

import pytest
from django.db import connection
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext
from saleor.account.models import User
from saleor.order.models import Order
from saleor.payment.models import Payment
from saleor.product.models import ProductVariant

from local_services import schema
from plugins.inventory.ledger import LedgerReport, check_ledger
from product_content.shop_settings import shop_facts
from tests.bench.lists import all_lists
from tests.bench.many.loading import HasOrders, copy, load, make_originals
from tests.restoring import StockedDatabase
from tests.staff import signed_in

MAX_STATEMENTS = 24  # statements for one page; home has a number for each kind of work
MAX_STATEMENTS_OF = {
    "/staff/": 25,
    "/staff/reports/": 28,  # ten reports, of one to four statements each
}


def statements(client, path):
    shop_facts()  # read anew once a minute, by whichever page asks then
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, follow=True).status_code == 200
    return len(asked)


@pytest.fixture
def own_database(transactional_db, database_server, stocked_template):
    """A database with the catalogue for one test: dropping it is less work than emptying it."""
    name = f"test_many_orders_{os.getpid()}"
    schema.copy(database_server, stocked_template, name)
    database = StockedDatabase(database_server.url(name))
    with database.filled():
        yield
    database.connection.close()
    schema.drop(database_server, name)


def test_many_more_orders_keep_the_books_and_cost_the_lists_no_more_statements(
    own_database, monkeypatch
):
    # Once a minute a page writes when its person was last active; whichever that is counts more.
    monkeypatch.setattr("dashboard.site._MIN_WRITE_INTERVAL", 3600)
    client = signed_in(User.objects.create_superuser("boss@shop.test"))
    originals = make_originals()
    copy(originals, orders=30, variants=80)  # less than a page of a list holds
    few = {path: statements(client, among_few(path)) for path in all_lists().values()}
    copy(originals, orders=970, variants=400)
    many = {path: statements(client, path) for path in few}

    # of a list of several pages, the keys of one are looked up first
    most = {
        path: max(few[same] for same in few if list_of(same) == list_of(path)) + 1 for path in few
    }
    assert {path: (most[path], count) for path, count in many.items() if count > most[path]} == {}
    over = {
        path: count
        for path, count in many.items()
        if count > MAX_STATEMENTS_OF.get(list_of(path), MAX_STATEMENTS)
    }
    assert over == {}
    assert Order.objects.count() >= 1000
    assert ProductVariant.objects.count() >= 400
    assert check_ledger() == LedgerReport((), 0)
    paid = Payment.objects.filter(transactions__kind="capture")
    assert paid.exclude(total=F("order__total_gross_amount")).count() == 0
    assert_like(originals)


def list_of(path):
    """Return the list's own path: what is found costs statements that an empty page does not."""
    return path.partition("?")[0]


def among_few(path):
    """Search for an order that is there already: what is found costs a statement for its flags."""
    return path.replace("q=%23500", "q=%235").replace("customer-77@", "customer-7@")


def assert_like(originals):
    """Every kind of order is there more than once, whole, and shows its own number."""
    parts = Order.objects.annotate(
        lines_there=Count("lines", distinct=True),
        events_there=Count("events", distinct=True),
        emails_there=Count("emails", distinct=True),
    )
    shapes = parts.values_list("pk", "status", "lines_there", "events_there", "emails_there")
    shape = {pk: tuple(rest) for pk, *rest in shapes}
    there = list(shape.values())
    assert [
        pk for pk in (one.order_id for one in originals.patterns) if there.count(shape[pk]) < 2
    ] == []
    for pk, metadata in Order.objects.values_list("pk", "metadata"):
        assert metadata["discretion_contract"]["number"] == str(pk)


def test_a_shop_with_orders_is_left_alone_unless_told_otherwise(db):
    Order.objects.create()
    with pytest.raises(HasOrders):
        load(orders=10, variants=10)
    assert Order.objects.count() == 1
