"""The stock ledger as a list: every change with who and why, for those who keep stock."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plugins.inventory.models import StockEntry, StockReason
from plugins.inventory.quantities import set_quantity
from tests import personas
from tests.factories import UserFactory, variant_in_stock

pytestmark = pytest.mark.django_db

LIST = "/staff/inventory/stockentry/"


def count(variant, pieces):
    """Let somebody count a stock of five, and return who."""
    who = UserFactory(is_staff=True)
    set_quantity(
        stock_id=variant.stocks.get().pk, expected=5, wanted=pieces, actor_id=who.pk,
        reason=StockReason.COUNTED, note="Shelf 2",
    )  # fmt: skip
    return who


def shown(keeper, **query):
    answer = keeper.get(LIST, query)
    assert answer.status_code == 200
    return [(e.variant.sku, e.before, e.after) for e in answer.context["cl"].result_list]


def test_it_shows_what_changed_where_by_whom_and_why(keeper):
    who = count(variant_in_stock(5, sku="SET-9", product__name="Long set"), 7)
    html = keeper.get(LIST).content.decode()
    for text in ("Long set", "SET-9", "+2 (5 → 7)", "Counted", "Shelf 2", who.email):
        assert text in html
    assert f'href="/staff/dashboard/stockitem/{StockEntry.objects.first().stock_id}/change/' in html


def test_it_is_found_by_sku_note_reason_figure_and_day(keeper):
    count(variant_in_stock(5, sku="SET-9"), 7)
    variant_in_stock(3, sku="ONE-1")
    changed, opened, other = ("SET-9", 5, 7), ("SET-9", 0, 5), ("ONE-1", 0, 3)
    assert shown(keeper) == [other, changed, opened]
    assert shown(keeper, q="set-9") == [changed, opened]
    assert shown(keeper, q="shelf") == [changed]
    assert shown(keeper, reason__exact="counted") == [changed]
    assert shown(keeper, measure__exact="allocated") == []
    assert shown(keeper, at__gte="2999-01-01 00:00:00+00:00") == []


def test_an_entry_outlives_what_it_is_about(keeper):
    variant = variant_in_stock(5)
    variant.delete()
    assert "No longer sold" in keeper.get(LIST).content.decode()


def test_more_rows_need_no_more_queries(keeper):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            keeper.get(LIST)
        return len(captured)

    count(variant_in_stock(5), 7)
    queries()
    few = queries()
    for _ in range(5):
        count(variant_in_stock(5), 7)
    assert queries() == few <= 12


def test_nobody_edits_it(keeper):
    count(variant_in_stock(5), 7)
    entry = StockEntry.objects.first()
    owner = personas.owner()
    for page in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/"):
        for who in (keeper, owner):
            assert who.post(f"{LIST}{page}", {"after": 9, "post": "yes"}).status_code == 403
    assert StockEntry.objects.first().after == 7
