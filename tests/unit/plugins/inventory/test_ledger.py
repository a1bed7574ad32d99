"""Every change of stock is a row, whoever makes it, and the rows stay."""

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from saleor.warehouse.models import Allocation, Stock

from plugins.inventory.ledger import check_ledger, staff_request, stock_reason
from plugins.inventory.models import StockEntry, StockReason
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

FIGURES = ("measure", "before", "after", "reason")


@pytest.fixture
def stock():
    return variant_in_stock(5).stocks.get()


def rows(*names, **which):
    return list(StockEntry.objects.filter(**which).order_by("pk").values_list(*(names or FIGURES)))


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def hold(stock, quantity):
    line = builders.line(builders.order(), stock.product_variant, quantity, reserve=False)
    return Allocation.objects.create(order_line=line, stock=stock, quantity_allocated=quantity)


@contextmanager
def refused(error=DatabaseError, match="refused"):
    with pytest.raises(error, match=match), transaction.atomic():
        yield


def test_a_stock_begins_with_its_opening_balance(stock):
    entry = StockEntry.objects.get()
    assert rows() == [("quantity", 0, 5, "opening")]
    assert (entry.stock_id, entry.variant_id, entry.warehouse_id) == (
        stock.pk, stock.product_variant_id, stock.warehouse_id,
    )  # fmt: skip


def test_an_empty_stock_begins_without_a_row():
    variant_in_stock(0)
    assert rows() == []


def test_a_change_keeps_who_why_which_order_and_a_note(stock):
    keeper = UserFactory()
    with stock_reason(
        reason=StockReason.RETURNED, actor_id=keeper.pk, order_id=1042, note="Box dented"
    ):
        Stock.objects.update(quantity=6)
    assert rows("actor_id", "order_id", "note", *FIGURES)[-1] == (
        keeper.pk, 1042, "Box dented", "quantity", 5, 6, "returned",
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda stock: Stock.objects.filter(pk=stock.pk).update(quantity=2),
        lambda stock: stock.decrease_stock(3),
        lambda stock: Stock.objects.bulk_update([Stock(pk=stock.pk, quantity=2)], ["quantity"]),
        lambda stock: sql("UPDATE warehouse_stock SET quantity = 2 WHERE id = %s", stock.pk),
    ],
)
def test_no_way_leads_around_it(stock, change):
    change(stock)
    assert rows() == [("quantity", 0, 5, "opening"), ("quantity", 5, 2, "unknown")]
    assert check_ledger().unexplained == 1


def test_rows_that_come_and_go_by_hand_are_recorded(stock):
    sql("INSERT INTO warehouse_stock (product_variant_id, warehouse_id, quantity) "
        "SELECT %s, %s, 4", variant_in_stock().pk, stock.warehouse_id)  # fmt: skip
    sql("DELETE FROM warehouse_stock")
    assert rows()[1:] == [
        ("quantity", 0, 4, "opening"), ("quantity", 5, 0, "unknown"), ("quantity", 4, 0, "unknown"),
    ]  # fmt: skip


def test_a_change_that_changes_nothing_is_no_row(stock):
    Stock.objects.update(quantity=5)
    stock.save()
    assert len(rows()) == 1


def test_reserved_pieces_are_recorded_with_their_order(stock):
    with stock_reason(reason=StockReason.ORDER_PLACED, order_id=7):
        held = hold(stock, 3)
    with stock_reason(reason=StockReason.ORDER_RELEASED):
        Allocation.objects.update(quantity_allocated=0)
    line = held.order_line
    assert rows("order_id", "order_line_id", "stock_id", *FIGURES, measure="allocated") == [
        (line.order_id, line.pk, stock.pk, "allocated", 0, 3, "order_placed"),
        (line.order_id, line.pk, stock.pk, "allocated", 3, 0, "order_released"),
    ]


def test_a_deleted_stock_leaves_its_rows_and_ends_at_nothing(stock):
    hold(stock, 2)
    stock.delete()
    assert rows()[-2:] == [("allocated", 2, 0, "unknown"), ("quantity", 5, 0, "unknown")]
    assert not [said for said in check_ledger().differences if said.startswith("stock")]


def test_reasons_nest_and_end(stock):
    with stock_reason(reason=StockReason.RECEIVED, actor_id=1, note="Delivery 17"):
        with stock_reason(reason=StockReason.KIT_MADE):
            Stock.objects.update(quantity=6)
        Stock.objects.update(quantity=7)
    Stock.objects.update(quantity=8)
    assert rows("reason", "actor_id", "note")[1:] == [
        ("kit_made", 1, "Delivery 17"), ("received", 1, "Delivery 17"), ("unknown", None, ""),
    ]  # fmt: skip


def test_a_reason_ends_with_a_failure(stock):
    with (
        refused(IntegrityError, "quantity"),
        stock_reason(reason=StockReason.COUNTED, actor_id=1),
    ):
        sql("UPDATE warehouse_stock SET quantity = -1")
    Stock.objects.update(quantity=8)
    assert rows()[-1] == ("quantity", 5, 8, "unknown")


@pytest.mark.django_db(transaction=True)
def test_a_reason_needs_a_transaction():
    with (
        pytest.raises(TransactionManagementError),
        stock_reason(reason=StockReason.COUNTED),
    ):
        pass


def test_what_staff_change_without_a_reason_is_refused(stock):
    with staff_request(actor_id=1):
        with refused(IntegrityError, "of_a_person_has_a_reason"):
            Stock.objects.update(quantity=6)
        with refused(IntegrityError, "of_a_person_has_a_reason"):
            Stock.objects.filter(pk=stock.pk).delete()
        with refused(IntegrityError, "of_a_person_has_a_reason"):
            variant_in_stock(1)
        with stock_reason(reason=StockReason.COUNTED):
            Stock.objects.update(quantity=7)
    assert rows("actor_id", *FIGURES)[1:] == [(1, "quantity", 5, 7, "counted")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_stockentry SET after = 9",
        "DELETE FROM inventory_stockentry",
        "TRUNCATE inventory_stockentry",
        "TRUNCATE warehouse_stock CASCADE",
        "TRUNCATE warehouse_allocation",
        "UPDATE warehouse_stock SET warehouse_id = gen_random_uuid()",
        "UPDATE warehouse_stock SET id = id + 1000",
        "UPDATE warehouse_allocation SET stock_id = stock_id + 1",
    ],
)
def test_the_ledger_stays_as_it_was_written(stock, statement):
    hold(stock, 1)
    before = rows()
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # or TRUNCATE would wait for what they still have to check
    with refused():
        sql(statement)
    assert rows() == before


def test_the_check_names_what_disagrees(stock, capsys):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE warehouse_stock DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE warehouse_allocation DISABLE TRIGGER USER")
    order = hold(stock, 3).order_line.order
    order.status = "canceled"
    order.save()
    Stock.objects.update(quantity=2)

    assert check_ledger().differences == (
        f"stock {stock.pk}: the ledger says 5 on hand, the shelf 2",
        f"stock {stock.pk}: the ledger says 0 reserved, the orders' rows 3",
        f"stock {stock.pk}: 2 on hand, but 3 are reserved",
        f"order {order.pk}: a line needs 0 reserved, and has 3",
    )
    with pytest.raises(SystemExit) as end:
        call_command("check_ledger")
    assert end.value.code == 1
    assert "WRONG: stock" in capsys.readouterr().out


def test_the_check_finds_an_order_that_lacks_its_pieces(stock):
    line = builders.line(builders.order(), stock.product_variant, 2, reserve=False)
    assert check_ledger().differences == (
        f"order {line.order_id}: a line needs 2 reserved, and has 0",
        f"order {line.order_id}: line {line.pk} is to send 2 pieces, and 0 are reserved",
    )


def test_the_check_is_content_when_all_agree(stock, capsys):
    hold(stock, 2)
    call_command("check_ledger")
    assert "agrees" in capsys.readouterr().out
