"""No public page is older than a second, whoever writes by whatever means."""

import re
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time
from saleor.discount import DiscountValueType
from saleor.discount.models import Sale
from saleor.product.models import Product
from saleor.warehouse.models import Stock

from plugins.ordering.placing import place_order
from product_content import selectors
from product_content.models import Guide
from product_content.page_changes import DAY, marks, tables_read
from storefront import page_cache
from storefront.kept_pages import Pages
from tests.factories import UserFactory, basket
from tests.functional.ordering.parallel import at_once
from tests.functional.page_cache.public import EVERY, SET, kept, text


@pytest.mark.django_db(transaction=True)
def test_the_last_piece_that_is_sold_is_gone_from_the_page_within_a_second(shop, clock, rendered):
    shop.set_stock(shop.starter, 1)
    look = lambda: text(Client().get(SET))  # noqa: E731
    assert all("Add to basket" in page for page in at_once(*[look] * 6))
    assert len(rendered) == 1
    place_order(checkout_token=basket((shop.starter, 1)).pk)
    clock[0] += 0.2
    look()  # another page may be seen until the database is asked again
    clock[0] += 0.75
    seen = at_once(*[look] * 12)
    assert ["We do not have it at the moment" in page for page in seen] == [True] * 12
    assert len(rendered) == 2


@pytest.mark.django_db(transaction=True)
def test_while_one_renders_others_get_the_old_page_for_less_than_a_second(shop, clock, monkeypatch):
    client, begun, go_on = Client(), Event(), Event()
    assert "Add to basket" in text(client.get(SET))
    shop.set_stock(shop.starter, 0)
    real = selectors.get_product

    def slowly(*arguments):
        begun.set()
        assert go_on.wait(30)
        return real(*arguments)

    monkeypatch.setattr(selectors, "get_product", slowly)
    clock[0] += 0.3
    answers = {}

    def look(who):
        answers[who] = text(Client().get(SET))
        connection.close()

    first = Thread(target=look, args=["first"])
    first.start()
    assert begun.wait(30)
    look("meanwhile")
    assert "Add to basket" in answers["meanwhile"]
    clock[0] += 0.65
    late = Thread(target=look, args=["late"])
    late.start()
    late.join(0.2)
    assert late.is_alive()  # it waits for the new page rather than show the old one
    go_on.set()
    first.join(30)
    late.join(30)
    assert "We do not have it" in answers["first"]
    assert "We do not have it" in answers["late"]


def test_whoever_writes_by_whatever_means_is_seen(shop, client):
    assert "Your first session" in text(client.get("/guides/"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE product_content_guide SET title = 'By hand'")
    assert "By hand" in text(client.get("/guides/"))
    Guide.objects.all().delete()
    assert "By hand" not in text(client.get("/guides/"))


def test_each_process_sees_what_another_one_changed(shop, client, monkeypatch):
    processes = [Pages(1_000_000), Pages(1_000_000)]

    def seen_by_each():
        for process in processes:
            monkeypatch.setattr(page_cache, "pages", lambda process=process: process)
            yield "We do not have it" in text(client.get(SET))

    assert list(seen_by_each()) == [False, False]
    shop.set_stock(shop.starter, 0)
    assert list(seen_by_each()) == [True, True]
    assert [len(process.plain) for process in processes] == [1, 1]


def test_a_sale_begins_and_ends_on_the_page_by_the_clock(shop, client, rendered):
    begin = timezone.now() + timedelta(hours=1)
    sale = Sale.objects.create(
        name="Short", type=DiscountValueType.PERCENTAGE, value=50, start_date=begin,
        end_date=begin + timedelta(minutes=5),
    )  # fmt: skip
    sale.products.add(shop.starter.product)
    prices = []
    for minutes in (-1, 1, 4, 6):
        with freeze_time(begin + timedelta(minutes=minutes)):
            prices.append("£19.50" in text(client.get(SET)))
    assert prices == [False, True, True, False]


def test_a_product_comes_on_its_day(shop, client):
    Product.objects.filter(slug="starter-set").update(publication_date="2031-05-02")
    found = []
    for day in ("2031-05-01", "2031-05-02"):
        with freeze_time(f"{day} 12:00"):
            found.append("Starter set" in text(client.get("/sets/")))
    assert found == [False, True]


def test_what_is_rolled_back_was_never_shown(shop, client):
    before = client.get(SET).content
    point = connection.savepoint()
    shop.set_stock(shop.starter, 0)
    assert client.get(SET).content != before
    connection.savepoint_rollback(point)
    assert client.get(SET).content == before


def test_every_table_that_a_public_page_reads_is_watched(catalogue, client):
    addresses = re.findall(r"<loc>http://testserver(.*?)</loc>", text(client.get("/sitemap.xml")))
    Sale.objects.create(name="All", value=5)
    watched, read = set(marks()), set()
    for path in {*EVERY, *addresses}:
        with tables_read() as tables:
            client.get(path)
        read |= tables
    assert read - watched == set()
    assert {"warehouse_stock", "warehouse_allocation", "product_content_guide"} <= read


def test_each_watched_table_tells_of_each_write(db):
    for table in set(marks()) - {DAY}:
        before = marks()
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE false")  # noqa: S608  our own name
        after = marks()
        assert [name for name in after if after[name] != before[name]] == [table]


def test_a_page_of_a_table_that_is_not_watched_is_not_kept(shop, client, monkeypatch, caplog):
    real = selectors.list_guides
    monkeypatch.setattr(selectors, "list_guides", lambda: UserFactory() and real())
    assert client.get("/guides/").status_code == 200
    assert kept() == 0
    assert "not watched: ['account_user']" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_do_not_wait_for_each_other_and_all_count(shop):
    before, stocks = marks(), list(Stock.objects.all())

    def sell(stock):
        Stock.objects.filter(pk=stock.pk).update(quantity=3)

    at_once(*[lambda stock=stock: sell(stock) for stock in stocks * 3])
    assert marks()["warehouse_stock"][0] == before["warehouse_stock"][0] + 3 * len(stocks)
