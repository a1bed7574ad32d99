"""Stock set by hand: locked, recorded, never below what orders hold."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from saleor.warehouse.models import Stock

from dashboard.services.stock import open_stock, set_stock
from plugins.inventory.models import StockEntry, StockReason
from plugins.inventory.policies import StockRefused
from tests.factories import UserFactory, WarehouseFactory, variant_in_stock
from tests.personas import permission
from tests.unit.dashboard import builders


@pytest.fixture
def keeper():
    user = UserFactory(is_staff=True)
    user.user_permissions.add(permission("dashboard.manage_stock"))
    return user


@pytest.fixture
def stock():
    return variant_in_stock(5).stocks.get()


def by_hand():
    return StockEntry.objects.filter(actor__isnull=False)


def change(stock, keeper, **fields):
    values = {"expected": 5, "wanted": 9, "actor": keeper, "reason": StockReason.RECEIVED}
    return set_stock(stock_id=stock.pk, **{**values, **fields})


@pytest.mark.django_db
def test_a_change_is_written_with_who_why_before_and_after(stock, keeper):
    change(stock, keeper, note="Delivery 17")

    stock.refresh_from_db()
    row = StockEntry.objects.get(reason="received")
    assert stock.quantity == 9
    assert (row.stock_id, row.before, row.after) == (stock.pk, 5, 9)
    assert (row.actor_id, row.reason, row.note) == (keeper.pk, "received", "Delivery 17")


@pytest.mark.django_db
def test_it_may_go_below_what_orders_hold_as_a_count_says_what_is_there(stock, keeper):
    builders.line(builders.order(), stock.product_variant, 3)

    change(stock, keeper, wanted=2)

    stock.refresh_from_db()
    assert stock.quantity == 2
    assert by_hand().count() == 1


@pytest.mark.django_db
def test_who_saw_an_old_quantity_is_told(stock, keeper):
    change(stock, keeper, wanted=7)

    with pytest.raises(StockRefused, match="it is 7 now, not 5"):
        change(stock, keeper, wanted=9)

    assert Stock.objects.get().quantity == 7
    assert by_hand().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}, {}])
def test_without_the_permission_nothing_changes(stock, keeper, fields):
    if fields:
        for name, value in fields.items():
            setattr(keeper, name, value)
    else:
        keeper = UserFactory(is_staff=True)

    with pytest.raises(PermissionDenied):
        change(stock, keeper)

    assert Stock.objects.get().quantity == 5
    assert not by_hand().exists()


@pytest.mark.django_db
def test_a_stock_begins_with_a_recorded_quantity(keeper):
    variant = variant_in_stock()

    stock = open_stock(
        variant_id=variant.pk,
        warehouse_id=WarehouseFactory().pk,
        quantity=4,
        actor=keeper,
        reason=StockReason.RECEIVED,
    )

    assert stock.quantity == 4
    assert list(stock.entries.values_list("before", "after")) == [(0, 4)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told():
    stock, keeper = variant_in_stock(5).stocks.get(), UserFactory(is_staff=True)
    keeper.user_permissions.add(permission("dashboard.manage_stock"))
    start, told = threading.Barrier(2), []

    def save(wanted):
        try:
            start.wait()
            change(stock, keeper, wanted=wanted)
        except StockRefused as refused:
            told.append(refused.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(wanted,)) for wanted in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    row = StockEntry.objects.get(reason="received")
    assert Stock.objects.get().quantity == row.after
    assert told == [f"Someone changed this stock meanwhile: it is {row.after} now, not 5."]
