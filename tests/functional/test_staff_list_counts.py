"""Lists of staff are not counted as a whole: exactly up to a limit, above it by an estimate."""

import pytest
from django.db import connection
from django.db.models import F
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


def test_an_estimate_is_never_fewer_than_were_seen(addresses, monkeypatch):
    monkeypatch.setattr(base, "MAX_COUNTED", 8)
    impossible = addresses.filter(city__startswith=F("city"), last_name__endswith=F("last_name"))
    assert EstimatingPaginator(impossible, 10).count >= 9


def test_a_list_in_memory_has_its_length():
    assert EstimatingPaginator([1, 2, 3], 2).count == 3
