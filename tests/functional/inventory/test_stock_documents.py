"""Goods are received, counted, moved, packed into sets and written off, by scanner."""

from uuid import uuid4

import pytest
from saleor.warehouse.models import Stock, Warehouse

from plugins.inventory.ledger import check_ledger
from plugins.inventory.models import StockDocument, StockEntry
from product_content.selectors import availability
from tests import personas
from tests.factories import WarehouseFactory
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

LIST = "/staff/dashboard/stockitem/"


def on_hand(warehouse):
    stocks = Stock.objects.filter(warehouse=warehouse)
    return dict(stocks.values_list("product_variant__sku", "quantity"))


def send(keeper, page, warehouse, scans="", *, key=None, post=True, **fields):
    data = {
        "key": key or uuid4(),
        "warehouse": warehouse.pk,
        "scans": scans,
        "note": "17",
        **fields,
    }
    return keeper.post(f"{LIST}{page}/", data | ({"post": ""} if post else {}))


def problems(answer):
    assert answer.status_code == 422
    return list(answer.context["problems"])


def entries(reason):
    found = StockEntry.objects.filter(reason=reason).order_by("pk")
    return list(found.values_list("variant__sku", "before", "after", "note"))


def test_a_delivery_is_checked_then_posted(keeper, warehouse, kit):
    shown = send(keeper, "receive", warehouse, "one-1\nONE-1\nONE-2 12\n", post=False)
    html = shown.content.decode()
    assert [row["after"] for row in shown.context["rows"]] == [7, 17]
    assert "one-1\nONE-1\nONE-2 12" in html  # what was scanned stays on the page
    assert on_hand(warehouse)["ONE-1"] == 5

    assert send(keeper, "receive", warehouse, "one-1\nONE-1\nONE-2 12").status_code == 302
    assert on_hand(warehouse) == {"ONE-1": 7, "ONE-2": 17, "SET-12": 2}
    assert entries("received") == [("ONE-1", 5, 7, "17"), ("ONE-2", 5, 17, "17")]
    assert check_ledger().differences == ()


def test_a_delivery_may_be_of_what_the_warehouse_never_had(keeper, warehouse, kit):
    other = WarehouseFactory(slug="other")
    send(keeper, "receive", other, "ONE-1 3")
    assert on_hand(other) == {"ONE-1": 3}


def test_two_clicks_post_once(keeper, warehouse, kit):
    key = uuid4()
    send(keeper, "receive", warehouse, "ONE-1", key=key)
    assert problems(send(keeper, "receive", warehouse, "ONE-1", key=key)) == [
        "This document was posted already. It counts once."
    ]
    assert on_hand(warehouse)["ONE-1"] == 6
    assert StockDocument.objects.count() == 1


def test_every_bad_line_is_named_and_nothing_is_posted(keeper, warehouse, kit):
    answer = send(keeper, "receive", warehouse, "ONE-1\nNOPE-9\nONE-2 and three")
    assert problems(answer) == [
        "Line 3: write a SKU, then how many, such as “ABC-1 12”.",
        "NOPE-9: there is no such SKU.",
    ]
    assert "ONE-2 and three" in answer.content.decode()
    assert on_hand(warehouse)["ONE-1"] == 5
    assert problems(send(keeper, "receive", warehouse, "ONE-1 99999")) == [
        "ONE-1: 99999 pieces at once looks like a mistake: 10000 are the most."
    ]


def test_a_count_is_blind_shows_differences_and_is_posted_as_one(keeper, warehouse, kit):
    blind = keeper.get(f"{LIST}count/").content.decode()
    assert "ONE-1" not in blind

    shown = send(keeper, "count", warehouse, "ONE-1 4\nONE-2 5", post=False)
    assert [row["change"] for row in shown.context["rows"]] == ["-1", "-"]
    one, two = kit[1]
    expected = {f"expected-{one.pk}": 5, f"expected-{two.pk}": 5}
    assert send(keeper, "count", warehouse, "ONE-1 4\nONE-2 5", **expected).status_code == 302
    assert on_hand(warehouse) == {"ONE-1": 4, "ONE-2": 5, "SET-12": 2}
    assert entries("counted") == [("ONE-1", 5, 4, "17")]


def test_of_two_who_count_the_second_is_told(keeper, warehouse, kit):
    one = kit[1][0]
    Stock.objects.filter(product_variant=one).update(quantity=3)
    answer = send(keeper, "count", warehouse, "ONE-1 4", **{f"expected-{one.pk}": 5})
    assert problems(answer) == ["ONE-1: Someone changed this stock meanwhile: it is 3 now, not 5."]
    assert on_hand(warehouse)["ONE-1"] == 3


def test_what_was_scanned_after_the_differences_is_looked_at_again(keeper, warehouse, kit):
    answer = send(keeper, "count", warehouse, "ONE-1 4")
    assert problems(answer) == ["You scanned more since. Please look at the differences once more."]


def test_a_count_below_what_orders_hold_is_booked(keeper, warehouse, kit):
    one = kit[1][0]
    builders.line(builders.order(), one, 3)
    answer = send(keeper, "count", warehouse, "ONE-1 2", **{f"expected-{one.pk}": 5})
    assert answer.status_code == 302
    assert on_hand(warehouse)["ONE-1"] == 2
    assert entries("counted") == [("ONE-1", 5, 2, "17")]


def test_goods_move_but_what_is_reserved_stays(keeper, warehouse, kit):
    other = WarehouseFactory(slug="other")
    builders.line(builders.order(), kit[1][0], 3)
    refused = send(keeper, "move", warehouse, "ONE-1 3", target=other.pk)
    assert problems(refused) == ["ONE-1: Only 2 are free: 5 on hand, 3 reserved by orders."]

    send(keeper, "move", warehouse, "ONE-1 2\nONE-2", target=other.pk)
    assert on_hand(warehouse) == {"ONE-1": 3, "ONE-2": 4, "SET-12": 2}
    assert on_hand(other) == {"ONE-1": 2, "ONE-2": 1}
    same = send(keeper, "move", warehouse, "ONE-2", target=warehouse.pk)
    assert problems(same) == ["They are there already: choose two different warehouses."]


def test_sets_are_packed_from_singles_and_broken_up(keeper, warehouse, kit):
    whole, _ = kit
    send(keeper, "kits", warehouse, direction="make", variant=whole.pk, kits=3)
    assert on_hand(warehouse) == {"ONE-1": 2, "ONE-2": 2, "SET-12": 5}
    short = send(keeper, "kits", warehouse, direction="make", variant=whole.pk, kits=3)
    assert problems(short) == [
        "ONE-1: Only 2 are free: 2 on hand, 0 reserved by orders.",
        "ONE-2: Only 2 are free: 2 on hand, 0 reserved by orders.",
    ]
    send(keeper, "kits", warehouse, direction="break", variant=whole.pk, kits=5)
    assert on_hand(warehouse) == {"ONE-1": 7, "ONE-2": 7, "SET-12": 0}
    assert check_ledger().differences == ()


def test_a_set_is_never_packed_from_singles_of_another_make(keeper, warehouse, kit):
    whole, _ = kit
    card = whole.product.safety_card
    card.magnet = "static"
    card.save()
    answer = send(keeper, "kits", warehouse, direction="make", variant=whole.pk, kits=1)
    assert problems(answer) == ["There is no single of the same make in size 1."]
    assert on_hand(warehouse)["SET-12"] == 2


def test_what_is_set_aside_cannot_be_sold(keeper, warehouse, kit):
    one = kit[1][0]
    send(keeper, "aside", warehouse, "ONE-1 2")
    assert availability([one.pk], "GB") == {one.pk: 3}
    quarantine = Warehouse.objects.get(slug="quarantine")
    assert on_hand(quarantine) == {"ONE-1": 2}
    send(keeper, "write-off", quarantine, "ONE-1 2")
    assert on_hand(quarantine) == {"ONE-1": 0}
    assert entries("damaged") == [("ONE-1", 2, 0, "17")]


def test_a_loss_needs_its_reason(keeper, warehouse, kit):
    answer = send(keeper, "write-off", warehouse, "ONE-1", note="")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"note": ["This field is required."]}
    assert on_hand(warehouse)["ONE-1"] == 5


@pytest.mark.parametrize("page", ["receive", "count", "move", "kits", "aside", "write-off"])
def test_documents_are_for_those_who_keep_stock(page, warehouse, kit):
    for who, status in (
        (personas.anonymous(), 302),
        (personas.customer(), 302),
        (personas.staff("dashboard.pack_orders"), 403),
        (personas.staff("order.manage_orders"), 403),
        (personas.staff("product.manage_products"), 403),
    ):
        assert who.get(f"{LIST}{page}/").status_code == status
        assert send(who, page, warehouse, "ONE-1").status_code == status
    assert on_hand(warehouse) == {"ONE-1": 5, "ONE-2": 5, "SET-12": 2}
    assert personas.staff("dashboard.manage_stock").get(f"{LIST}{page}/").status_code == 200
