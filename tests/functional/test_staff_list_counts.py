"""Lists of staff are not counted as a whole: exactly up to a limit, above it by an estimate."""

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext
from saleor.account.models import Address

from dashboard.admin import base
from dashboard.admin.base import EstimatingPaginator
from tests.factories import AddressFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses():
    Address.objects.bulk_create(AddressFactory.build() for _ in range(30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE account_address")
    return Address.objects.order_by("pk")


def test_few_are_counted(addresses):
    paginator = EstimatingPaginator(addresses, 10)
    assert (paginator.count, paginator.num_pages) == (30, 3)


def test_of_many_no_more_than_the_limit_is_counted(addresses, monkeypatch):
    monkeypatch.setattr(base, "MAX_COUNTED", 8)
    paginator = EstimatingPaginator(addresses, 10)
    with CaptureQueriesContext(connection) as captured:
        assert paginator.count == 30
    counting, estimating = [query["sql"] for query in captured]
    assert "LIMIT 9" in counting
    assert estimating.startswith("EXPLAIN")


def test_counting_computes_nothing_for_each_row(addresses):
    named = addresses.annotate(shout=Upper("city"))
    with CaptureQueriesContext(connection) as captured:
        assert EstimatingPaginator(named, 10).count == 30
    assert "UPPER" not in captured[0]["sql"]


def test_what_is_computed_of_a_row_is_computed_for_the_page_alone(addresses):
    named = addresses.annotate(shout=Upper("city")).order_by("shout", "-pk")
    wanted = [address.pk for address in named][10:20]
    with CaptureQueriesContext(connection) as captured:
        page = EstimatingPaginator(named.all(), 10).page(2)
        assert [address.pk for address in page] == wanted
        assert page.object_list[0].shout == page.object_list[0].city.upper()
    _, keys, rows = [query["sql"] for query in captured][:3]
    assert keys.startswith('SELECT "account_address"."id"')
    assert f" IN ({', '.join(map(str, wanted))})" in rows
    assert "LIMIT" not in rows


def test_an_estimate_is_never_fewer_than_were_seen(addresses, monkeypatch):
    monkeypatch.setattr(base, "MAX_COUNTED", 8)
    impossible = addresses.filter(city__startswith=F("city"), last_name__endswith=F("last_name"))
    assert EstimatingPaginator(impossible, 10).count >= 9


def test_a_list_in_memory_has_its_length():
    assert EstimatingPaginator([1, 2, 3], 2).count == 3
