"""Suppliers, purchase orders, and goods that come in on them: each piece once."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from saleor.warehouse.models import Stock

from plugins.inventory.ledger import check_ledger
from plugins.inventory.models import PurchaseOrder, ReorderPoint, StockEntry, Supplier, SupplierItem
from plugins.inventory.policies import StockRefused
from plugins.inventory.purchasing import (
    close_order,
    draft_orders,
    mark_ordered,
    receive_purchase,
    received_so_far,
)
from tests import personas
from tests.factories import UserFactory, WarehouseFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once

pytestmark = pytest.mark.django_db
ORDERS = "/staff/inventory/purchaseorder/"


@pytest.fixture
def keeper():
    return personas.in_role("Inventory keeper")


def ordered(*pieces, cost="4.00", state=mark_ordered):
    """Return an order of new variants, so many pieces of each."""
    warehouse = WarehouseFactory(slug="main")
    supplier = Supplier.objects.create(name=f"Maker {Supplier.objects.count()}", reference="C-77")
    order = PurchaseOrder.objects.create(supplier=supplier, warehouse=warehouse)
    for number, wanted in enumerate(pieces):
        variant = variant_in_stock(2, sku=f"SKU-{order.pk}-{number}")
        SupplierItem.objects.create(
            supplier=supplier, variant=variant, code=f"M{number}", cost_value=cost
        )
        order.lines.create(variant=variant, pieces=wanted, cost_value=cost)
    if state:
        state(order_id=order.pk)
    order.refresh_from_db()
    return order


def receive(order, *pieces, actor=None, **fields):
    lines = order.lines.order_by("pk")
    return receive_purchase(
        order_id=order.pk,
        **{
            "key": uuid4(),
            "pieces": {
                line.variant_id: number
                for line, number in zip(lines, pieces, strict=False)
                if number
            },
            "expected": received_so_far(order),
            "keep_more": False,
            "note": "note 1",
            "actor_id": (actor or UserFactory(is_staff=True)).pk,
            **fields,
        },
    )


def on_hand(order):
    lines = order.lines.order_by("pk")
    stocks = Stock.objects.filter(warehouse=order.warehouse)
    found = dict(stocks.values_list("product_variant_id", "quantity"))
    return [found.get(line.variant_id, 0) for line in lines]


def test_goods_come_in_in_parts_and_close_the_order():
    order = ordered(5, 3)
    before = on_hand(order)
    assert receive(order, 2).state == "part"
    assert receive(order, 3, 3).state == "closed"
    assert [a - b for a, b in zip(on_hand(order), before, strict=True)] == [5, 3]
    entries = StockEntry.objects.filter(reason="received", note="note 1")
    assert sum(entry.after - entry.before for entry in entries) == 8
    assert check_ledger().differences == ()
    with pytest.raises(StockRefused, match="sent and is not closed"):
        receive(order, 1)


def test_more_than_was_ordered_is_named_and_kept_only_if_somebody_says_so():
    order = ordered(5, 3)
    before = on_hand(order)
    sku = order.lines.order_by("pk")[0].variant.sku
    with pytest.raises(StockRefused, match=f"{sku}: 7 came, 2 more than the 5"):
        receive(order, 7)
    assert on_hand(order) == before
    receive(order, 7, keep_more=True)
    assert on_hand(order)[0] == before[0] + 7
    other = variant_in_stock(1, sku="OTHER")
    with pytest.raises(StockRefused, match="OTHER: 1 came, and it is not on this order"):
        receive(order, pieces={other.pk: 1}, keep_more=True)


def test_a_form_counts_once_and_an_outdated_one_does_not_count():
    order = ordered(5)
    key = uuid4()
    receive(order, 1, key=key)
    with pytest.raises(StockRefused, match="posted already"):
        receive(order, 1, key=key)
    with pytest.raises(StockRefused, match="Somebody received goods of this order meanwhile: 1"):
        receive(order, 1, expected=0)
    assert order.lines.get().received == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_who_receive_the_same_box_at_once_count_it_once():
    order = ordered(5)
    people = [UserFactory(is_staff=True) for _ in range(2)]
    before = on_hand(order)

    def act(person):
        try:
            receive(order, 5, actor=person, expected=0)
        except StockRefused as refused:
            return refused.message
        return "received"

    found = sorted(at_once(lambda: act(people[0]), lambda: act(people[1])))
    assert found[1] == "received"
    assert "sent and is not closed" in found[0] or "meanwhile" in found[0]
    assert on_hand(order)[0] == before[0] + 5
    assert order.lines.get().received == 5


def test_what_is_low_becomes_a_draft_for_its_cheapest_supplier_once():
    variant, unknown = variant_in_stock(1, sku="LOW-1"), variant_in_stock(1, sku="LOW-2")
    for one in (variant, unknown):
        ReorderPoint.objects.create(stock=one.stocks.get(), pieces=9)
    dear, cheap, gone = (Supplier.objects.create(name=name) for name in ("Dear", "Cheap", "Gone"))
    Supplier.objects.filter(pk=gone.pk).update(is_active=False)
    for supplier, cost in ((dear, "5.00"), (cheap, "3.00"), (gone, "1.00")):
        SupplierItem.objects.create(supplier=supplier, variant=variant, cost_value=cost)
    made = draft_orders()
    [order] = made.orders
    assert (order.supplier, order.state) == (cheap, "draft")
    [line] = order.lines.all()
    assert (line.variant, line.pieces, line.cost_value) == (variant, 8, Decimal("3.00"))
    assert made.without_supplier == ["LOW-2"]
    assert draft_orders().orders == []


def test_an_empty_order_is_not_sent_and_a_closed_one_stays_so():
    order = ordered(state=None)
    with pytest.raises(StockRefused, match="nothing on this order"):
        mark_ordered(order_id=order.pk)
    close_order(order_id=order.pk)
    with pytest.raises(StockRefused, match="closed already"):
        close_order(order_id=order.pk)


def test_a_keeper_walks_from_the_draft_to_the_shelf(keeper):
    order = ordered(5, state=None)
    page = f"{ORDERS}{order.pk}/"
    line = order.lines.get()
    form = {
        "supplier": order.supplier_id, "warehouse": order.warehouse_id, "note": "",
        "expected_on": "", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk, "lines-0-order": order.pk, "lines-0-variant": line.variant_id,
        "lines-0-pieces": "6", "lines-0-cost_value": "4.50",
    }  # fmt: skip
    html = keeper.get(f"{page}change/").content.decode()
    assert "Save and mark as ordered" in html
    assert "Receive goods" not in html
    answer = keeper.post(f"{page}change/", {**form, "inventory_purchaseorder_send": "1"})
    assert answer.status_code == 302, answer.context["errors"]
    order.refresh_from_db()
    assert (order.state, order.lines.get().pieces) == ("ordered", 6)
    assert "Receive goods" in keeper.get(f"{page}change/").content.decode()

    shown = keeper.get(f"{page}receive/")
    sent = {
        "key": str(shown.context["form"]["key"].value()), "expected": "0", "note": "LS 9",
        "scans": f"{line.variant.sku} 8",
    }  # fmt: skip
    checked = keeper.post(f"{page}receive/", sent)
    assert "8 came, 2 more than the 6" in checked.content.decode()
    assert keeper.post(f"{page}receive/", {**sent, "post": "1"}).status_code == 422
    sent["scans"] = f"{line.variant.sku} 6"
    assert keeper.post(f"{page}receive/", {**sent, "post": "1"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "closed"
    said = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert "Marked as ordered." in said
    assert "Received 6 pieces: LS 9" in said


def test_what_was_ordered_cannot_be_rewritten_or_deleted(keeper):
    order = ordered(5)
    line = order.lines.get()
    keeper.post(
        f"{ORDERS}{order.pk}/change/",
        {
            "note": "x", "expected_on": "", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1",
            "lines-0-id": line.pk, "lines-0-order": order.pk, "lines-0-pieces": "99",
        },
    )  # fmt: skip
    line.refresh_from_db()
    assert line.pieces == 5
    assert keeper.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code == 403
    assert PurchaseOrder.objects.filter(pk=order.pk).exists()


def test_the_supplier_gets_what_is_ordered_on_paper_and_as_csv(keeper):
    order = ordered(5, cost="4.00")
    html = keeper.get(f"{ORDERS}{order.pk}/print/").content.decode()
    sku = order.lines.get().variant.sku
    for words in (str(order), order.supplier.name, "C-77", "M0", sku, "£20.00"):
        assert words in html
    answer = keeper.get(f"{ORDERS}{order.pk}/order.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{order}.csv"'
    [head, row] = answer.content.decode().splitlines()
    assert head == "your_number,sku,product,pieces,price,currency"
    assert row.startswith(f"M0,{sku},")
    assert row.endswith(",5,4.00,GBP")


def test_drafting_is_a_button_and_says_what_has_no_supplier(keeper):
    ReorderPoint.objects.create(stock=variant_in_stock(1, sku="LOW-2").stocks.get(), pieces=9)
    assert keeper.get(f"{ORDERS}from-stock/").status_code == 302
    answer = keeper.post(f"{ORDERS}from-stock/", follow=True).content.decode()
    assert "Nothing is to order." not in answer
    assert "Not drafted, as no supplier is known: LOW-2. Add them" in answer


@pytest.mark.parametrize("role", ["Packer", "Content editor", "Support"])
def test_others_neither_order_nor_receive(role):
    order, who = ordered(5), personas.in_role(role)
    for page in ("", f"{order.pk}/change/", f"{order.pk}/receive/", f"{order.pk}/print/"):
        assert who.get(ORDERS + page).status_code == 403
    assert who.post(f"{ORDERS}from-stock/").status_code == 403
    sku = order.lines.get().variant.sku
    sent = {"key": str(uuid4()), "expected": "0", "note": "x", "scans": sku, "post": "1"}
    assert who.post(f"{ORDERS}{order.pk}/receive/", sent).status_code == 403
    assert order.lines.get().received == 0


def test_suggestions_name_the_product_and_not_its_size_alone(keeper):
    supplier = Supplier.objects.create(name="Maker")
    variant = variant_in_stock(1, sku="LOW-3", name="Small")
    named = f"LOW-3, {variant.product.name}, Small"
    asked = {
        "app_label": "inventory", "model_name": "supplieritem", "field_name": "variant",
        "term": "LOW-3",
    }  # fmt: skip
    assert keeper.get("/staff/autocomplete/", asked).json()["results"] == [
        {"id": str(variant.pk), "text": named}
    ]
    SupplierItem.objects.create(supplier=supplier, variant=variant, cost_value="4.20")
    page = keeper.get(f"/staff/inventory/supplier/{supplier.pk}/change/").content.decode()
    assert f">{named}</option>" in page


def test_goods_that_are_ordered_are_named_without_a_way_to_a_closed_page(keeper):
    order = ordered(5)
    variant = order.lines.get().variant
    page = keeper.get(f"{ORDERS}{order.pk}/change/").content.decode()
    assert f"{variant.sku}, {variant.product.name}" in page
    assert "/staff/product/productvariant/" not in page
