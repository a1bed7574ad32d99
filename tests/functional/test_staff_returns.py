"""Pieces that came back: sealed ones are sold again, opened ones never."""

import pytest
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.inventory.models import StockEntry
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import PieceState
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.refunds import request_refund
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.refunding import record_refund
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return builders.sent_line()


def note(line, who=None, **fields):
    who = who or personas.in_role("Support")
    answer = who.post(f"/staff/order/order/{line.order_id}/return/", fields, follow=True)
    return answer.content.decode() + order_page(who, line)


def order_page(who, line):
    return who.get(f"/staff/order/order/{line.order_id}/change/").content.decode()


def on_hand():
    return Stock.objects.get().quantity


def test_a_sealed_piece_is_sold_again(line):
    html = note(line, **{f"line_{line.pk}": 1, "sealed": "on", "sound": "on"})
    assert "Back into stock." in html
    assert "Returned: 1, back into stock." in html
    assert on_hand() == 4
    entry = StockEntry.objects.filter(reason="returned").get()
    assert (entry.before, entry.after, entry.order_id) == (3, 4, line.order_id)


@pytest.mark.parametrize("state", [{}, {"sound": "on"}, {"sealed": "on"}])
def test_what_was_opened_or_is_damaged_is_never_sold_again(line, state):
    html = note(line, **{f"line_{line.pk}": 2, **state})
    assert "Written off." in html
    assert on_hand() == 3
    assert not StockEntry.objects.filter(reason="returned").exists()


def test_no_more_comes_back_than_was_sent(line):
    note(line, **{f"line_{line.pk}": 1, "sealed": "on", "sound": "on"})
    html = note(line, **{f"line_{line.pk}": 2, "sealed": "on", "sound": "on"})
    assert "only 1 were sent and are not back yet." in html
    assert "Say which pieces came back." in note(line)
    assert on_hand() == 4


def test_a_packer_does_not_take_returns(line):
    packer = personas.in_role("Packer")
    fields = {f"line_{line.pk}": 1, "sealed": "on", "sound": "on"}
    url = f"/staff/order/order/{line.order_id}/return/"
    assert packer.post(url, fields).status_code == 403
    assert on_hand() == 3


def test_a_refund_of_what_came_back_keeps_nothing_else_from_being_sent():
    order = builders.order(paid=True)
    line = builders.line(order, variant_in_stock(5, sku="SET-B"), 3)
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    note(line, **{f"line_{line.pk}": 1})
    request_refund(
        order_id=order.pk, key="r", reason="Opened", lines={line.pk: 1},
        which={line.pk: PieceState.RETURNED},
    )  # fmt: skip
    order.refresh_from_db()
    assert pieces_to_send(order) == {line.pk: 1}


def test_what_was_refunded_unsent_and_may_not_be_sold_again_leaves_the_books_at_once():
    order = builders.order(paid=True)
    line = builders.line(order, variant_in_stock(5, sku="SET-B"), 3)
    asked = request_refund(order_id=order.pk, key="r", reason="Broken", lines={line.pk: 1})
    record_refund(refund_id=asked.refund_id, state=RefundState("succeeded", "re_1"))
    assert on_hand() == 4
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    assert on_hand() == 2
    off = StockEntry.objects.get(reason="damaged")
    assert (off.before, off.after, off.order_id) == (5, 4, order.pk)
    assert not line.allocations.filter(quantity_allocated__gt=0).exists()


def test_an_order_whose_rest_is_refunded_is_sent_and_nobody_is_told_that_more_follows():
    order = builders.order(paid=True)
    line = builders.line(order, variant_in_stock(5, sku="SET-B"), 3)
    request_refund(order_id=order.pk, key="r", reason="Sold out", lines={line.pk: 1})
    clerk = UserFactory(is_staff=True)
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    order.refresh_from_db()
    assert (order.status, pieces_to_send(order)) == ("fulfilled", {})
    kinds = OutgoingEmail.objects.filter(order=order, kind__endswith="sent")
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == ["partly_sent", "sent"]


def test_a_refund_of_what_was_left_closes_the_order():
    order = builders.order(paid=True)
    line = builders.line(order, variant_in_stock(5, sku="SET-B"), 3)
    fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    asked = request_refund(
        order_id=order.pk, key="r", reason="Sold out", lines={line.pk: 1},
        which={line.pk: PieceState.UNSENT},
    )  # fmt: skip
    state = RefundState("succeeded", "re_1")
    record_refund(refund_id=asked.refund_id, state=state)
    order.refresh_from_db()
    assert order.status == "fulfilled"
