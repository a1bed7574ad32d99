"""One flow: look at what came back, send the other size, refund the rest, the return is closed."""

from decimal import Decimal

import pytest
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import Return, ReturnLine
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.returns import announce_return
from plugins.ordering.models import Refund
from tests import personas
from tests.factories import UserFactory, VariantFactory, WarehouseFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def support():
    return personas.in_role("Support")


@pytest.fixture
def order():
    """An order of two sizes at 14.00, two pieces of the first, all of them sent."""
    made = builders.order(paid=True, total="42.00")
    first = variant_in_stock(9, price="14.00", name="Size 1")
    second = VariantFactory(product=first.product, name="Size 2")
    Stock.objects.create(
        warehouse=WarehouseFactory(slug="test-warehouse-0"), product_variant=second, quantity=5
    )
    pieces = {builders.line(made, first, 2).pk: 2, builders.line(made, second, 1).pk: 1}
    fulfil(order_id=made.pk, pieces=pieces, actor_id=UserFactory(is_staff=True).pk)
    return made


def page(order, name):
    return f"/staff/order/order/{order.pk}/{name}/"


def announce(order, *, wanted=False, message="<b>Too small</b>"):
    first, second = order.lines.order_by("pk")
    announce_return(
        order_id=order.pk, pieces={first.pk: 1, second.pk: 1}, sealed=True, reason="other_size",
        message=message, wanted={first.pk: second.variant_id} if wanted else {},
    )  # fmt: skip
    return first, second


def inspect(support, order, *lines):
    fields = {f"line_{line.pk}": 1 for line in lines}
    return support.post(page(order, "return"), {**fields, "sealed": "on", "sound": "on"})


def test_the_page_of_the_inspection_says_what_was_announced(support, order):
    first, _second = announce(order, wanted=True)
    answer = support.get(page(order, "return"))
    html = " ".join(answer.content.decode().split())
    assert answer.context["form"][f"line_{first.pk}"].value() == 1
    for said in (
        "What the customer announced",
        "wants Size 2 in exchange",
        "Another size is wanted.",
        "Says that every seal is whole.",
        "&lt;b&gt;Too small&lt;/b&gt;",
    ):
        assert said in html


def test_after_the_inspection_the_refund_is_filled_in_and_closes_the_return(support, order):
    first, second = announce(order)
    answer = inspect(support, order, first, second)
    assert answer.headers["Location"] == page(order, "refund")
    form = support.get(page(order, "refund")).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert (shown["kind"], shown["reason"]) == ("lines", "Returned.")
    assert (shown[f"line_{first.pk}"], shown[f"line_{second.pk}"]) == (1, 1)
    del shown["amount"], shown["restock"], shown["seen"]
    done = support.post(page(order, "refund"), {k: v for k, v in shown.items() if v is not None})
    assert done.headers["Location"] == page(order, "change")
    refund = Refund.objects.get()
    assert refund.amount_value == Decimal("28.00")
    assert set(refund.lines.values_list("pieces", "which")) == {(1, "returned")}
    assert Return.objects.get().state == "closed"


def test_another_size_is_sent_first_and_the_rest_is_refunded(support, order):
    first, second = announce(order, wanted=True)
    answer = inspect(support, order, first, second)
    assert answer.headers["Location"] == page(order, "exchange")
    html = support.get(page(order, "exchange")).content.decode()
    assert "become Size 2, 5 left: nothing goes back." in html
    assert "Send the replacement" in support.get(page(order, "refund")).content.decode()
    agreed = support.post(page(order, "exchange"))
    assert agreed.headers["Location"] == page(order, "refund")
    replacement = Order.objects.exclude(pk=order.pk).get()
    assert Return.objects.get().replacement == replacement
    form = support.get(page(order, "refund")).context["form"]
    assert (form[f"line_{first.pk}"].value(), form[f"line_{second.pk}"].value()) == (None, 1)
    assert Return.objects.get().state == "inspected"
    queue = support.get("/staff/order/order/", {"work": "to_pack"})
    assert [row.pk for row in queue.context["cl"].result_list] == [replacement.pk]


def test_a_size_that_is_gone_is_said_and_nothing_is_sent(support, order):
    first, second = announce(order, wanted=True)
    inspect(support, order, first, second)
    Stock.objects.filter(product_variant=second.variant).update(quantity=0)
    html = support.post(page(order, "exchange")).content.decode()
    assert "There are not enough of this size left." in html
    assert Order.objects.count() == 1


def test_without_a_wish_there_is_nothing_to_send(support, order):
    html = support.get(page(order, "exchange")).content.decode()
    assert "Nothing came back for which another size is wanted." in html
    change = support.get(page(order, "change")).content.decode()
    assert page(order, "exchange") not in change
    refused = support.post(page(order, "exchange"))
    assert "The customer wants nothing in exchange." in refused.content.decode()


def test_a_return_that_is_not_refunded_is_closed_by_hand(support, order):
    first, _second = announce(order)
    inspect(support, order, first)
    assert 'value="return_closed"' in support.get(page(order, "step")).content.decode()
    support.post(page(order, "step"), {"step": "return_closed"})
    assert Return.objects.get().state == "closed"
    assert 'value="return_closed"' not in support.get(page(order, "step")).content.decode()


def test_packers_send_no_replacement(order):
    first, second = announce(order, wanted=True)
    inspect(personas.in_role("Support"), order, first, second)
    assert personas.in_role("Packer").post(page(order, "exchange")).status_code == 403
    assert Order.objects.count() == 1


def test_a_dearer_size_waits_for_its_difference_in_no_queue_of_packers(support, order):
    first, second = announce(order, wanted=True)
    ReturnLine.objects.filter(wanted__isnull=False).update(shown_price=Decimal("17.00"))
    inspect(support, order, first, second)
    html = " ".join(support.get(page(order, "exchange")).content.decode().split())
    assert "become Size 2, 5 left: £3.00 is to be paid." in html
    assert "The customer is asked to pay £3.00 for it" in html
    done = support.post(page(order, "exchange"), follow=True).content.decode()
    replacement = Order.objects.exclude(pk=order.pk).get()
    assert f"Order {replacement.pk} waits until the customer has paid £3.00." in done
    queue = support.get("/staff/order/order/", {"work": "to_pack"})
    assert replacement.pk not in [row.pk for row in queue.context["cl"].result_list]
    shown = support.get(page(replacement, "change")).content.decode()
    assert "£14.00 (For what you sent back)" in shown
    assert "£3.00" in shown
