"""A packer's day: the queue, counting pieces, the checklist, and two people on one order."""

import pytest
from django.db.models import Sum
from saleor.order.models import Fulfillment
from saleor.warehouse.models import Allocation, Stock

from dashboard.services import packing
from dashboard.services.staff import name_of
from plugins.discreet_shipping.choices import CHOICES_KEY, Choices, to_data
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.packing import packing_checklist
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import PackingJob
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.policies import FulfilRefused
from plugins.inventory.models import StockEntry
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import LinePieces, OrderFlag
from plugins.ordering.outcomes import CancelRefused
from plugins.ordering.refunds import cancel_order, request_refund
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

QUEUE = "/staff/packing/"


@pytest.fixture
def packer():
    return personas.in_role("Packer")


@pytest.fixture
def order():
    """Two of one thing and one of another, in that order on the bill."""
    made = builders.order(paid=True)
    for sku, shelf, quantity in (("SET-B", "C3", 2), ("SET-A", "A1", 1)):
        variant = variant_in_stock(5, sku=sku, private_metadata={"bin": shelf})
        builders.line(made, variant, quantity)
    return made


def page(order, step=""):
    return f"{QUEUE}{order.pk}/{step}"


def do(client, order, step, **fields):
    return client.post(page(order, step), fields, follow=True).content.decode()


def promise(order, **choices):
    """Store a Contract with these choices, as placing the order does."""
    order.store_value_in_metadata({CHOICES_KEY: to_data(Choices(**choices))})
    order.save()
    store_contract(order=order, rules=current_settings())
    order.refresh_from_db()


def packed(client, order):
    do(client, order, "claim/")
    for sku in ("SET-A", "set-b", " SET-B "):
        html = do(client, order, "scan/", code=sku)
    return html


def in_parcel():
    return LinePieces.objects.aggregate(all=Sum("packed"))["all"]


def stocks():
    return dict(Stock.objects.values_list("product_variant__sku", "quantity"))


def test_the_queue_shows_the_oldest_first_and_nothing_private(packer, order):
    second = builders.order(paid=True)
    for other in ({}, {"paid": True, "flags": ["dispute"]}):
        builders.order(**other)
    html = packer.get(QUEUE).content.decode()
    assert "To pack: 2" in html
    assert html.index(page(order)) < html.index(page(second))
    for private in ("Robin", "robin@example.org", "52.50", "Mill Lane"):
        assert private not in html


def test_a_scanned_order_number_opens_it(packer, order):
    assert packer.get(QUEUE, {"order": f"#{order.pk}"}).headers["Location"] == page(order)
    html = packer.get(QUEUE, {"order": "999999"}).content.decode()
    assert "Order 999999 is not waiting to be packed." in html
    assert 'value="999999"' in html


def test_the_pick_list_follows_the_bins(packer, order):
    html = packer.get(page(order)).content.decode()
    assert html.index(">A1</td>") < html.index(">C3</td>")  # a CSRF token may hold either
    assert "0 of 2" in html
    for private in ("Robin", "robin@example.org", "52.50", "49.00"):
        assert private not in html


def test_a_parcel_is_packed_and_sent(packer, order):
    html = packed(packer, order)
    assert "All pieces are in" in html
    assert "2 of 2" in html

    said = do(packer, order, "", tracking_number="ab 123456789 gb")

    assert f"Order {order.pk} is on its way." in said
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert stocks() == {"SET-A": 4, "SET-B": 3}
    assert not Allocation.objects.filter(quantity_allocated__gt=0).exists()
    assert Fulfillment.objects.get().tracking_number == "AB 123456789 GB"
    assert OutgoingEmail.objects.filter(order=order, kind="sent").count() == 1
    assert not PackingJob.objects.filter(state="packing").exists()
    sent = StockEntry.objects.filter(reason="fulfilled", order_id=order.pk)
    assert set(sent.values_list("actor_id", flat=True)) == {int(packer.session["_auth_user_id"])}
    assert packer.get(page(order)).status_code == 404


def test_a_wrong_piece_blocks_until_it_is_put_back(packer, order):
    do(packer, order, "claim/")
    html = do(packer, order, "scan/", code="<b>SET-X</b>")
    assert "“&lt;b&gt;SET-X&lt;/b&gt;” is not in this order." in html
    assert 'name="code"' not in html
    do(packer, order, "scan/", code="SET-A")
    assert in_parcel() == 0
    assert "is not in this order" in do(packer, order, "", partly="yes")
    assert not Fulfillment.objects.exists()

    do(packer, order, "clear-problem/")

    assert "1 of 1" in do(packer, order, "scan/", code="SET-A")


def test_one_piece_too_many_blocks_too(packer, order):
    do(packer, order, "claim/")
    do(packer, order, "scan/", code="SET-A")
    assert "one “SET-A” too many" in do(packer, order, "scan/", code="SET-A")
    assert in_parcel() == 1


def test_counting_again_begins_from_nothing(packer, order):
    packed(packer, order)
    assert "0 of 2" in do(packer, order, "restart-count/")


def test_less_than_everything_leaves_only_when_that_is_said(packer, order):
    do(packer, order, "claim/")
    do(packer, order, "scan/", code="SET-B")
    assert "2 pieces are still missing" in do(packer, order, "")
    assert not Fulfillment.objects.exists()

    do(packer, order, "", partly="yes")

    order.refresh_from_db()
    assert order.status == "partially fulfilled"
    assert stocks() == {"SET-A": 5, "SET-B": 4}
    assert OutgoingEmail.objects.filter(order=order, kind="partly_sent").count() == 1
    assert "0 of 1" in packer.get(page(order)).content.decode()
    do(packer, order, "claim/")
    for sku in ("SET-A", "SET-B"):
        do(packer, order, "scan/", code=sku)
    do(packer, order, "")
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert stocks() == {"SET-A": 4, "SET-B": 3}


def test_nothing_leaves_before_the_promise_was_looked_at(packer, order):
    promise(order, handover="signature", slip="codes")
    html = packed(packer, order)
    # The slip, the mark on the label, the signature; all the rest is one box.
    assert html.count('name="point_') == 3
    assert "What is usual (7 points)" in html

    html = do(packer, order, "", point_0="on", usual="on", tracking_number="AB1234")

    assert "Look at the list, and tick it." in html
    assert 'id="id_point_0" checked' in html
    assert 'value="AB1234"' in html
    ticks = {f"point_{number}": "on" for number in range(3)}
    assert "Look at the list" in do(packer, order, "", **ticks)
    assert not Fulfillment.objects.exists()
    do(packer, order, "", usual="on", **ticks)
    assert Fulfillment.objects.count() == 1
    notes = [event.parameters.get("message", "") for event in order.events.all()]
    assert "All 10 points of the discretion checklist were looked at." in notes


def test_a_usual_parcel_is_confirmed_by_one_box(packer, order):
    promise(order)
    html = packed(packer, order)
    assert 'name="point_' not in html
    assert "All is as usual" in html
    assert "Look at the list, and tick it." in do(packer, order, "")
    assert "is on its way" in do(packer, order, "", usual="on")


def test_the_checklist_is_the_contracts():
    assert packing_checklist.__module__ == "plugins.discreet_shipping.packing"


def test_an_odd_tracking_number_is_told_and_kept(packer, order):
    packed(packer, order)
    html = do(packer, order, "", tracking_number="http://x.example/?q=1")
    assert "A tracking number has 4 to 40 letters and digits." in html
    assert "http://x.example/?q=1" in html
    assert not Fulfillment.objects.exists()


def test_the_second_packer_is_told_and_may_take_over_what_is_counted(packer, order):
    do(packer, order, "claim/")
    do(packer, order, "scan/", code="SET-A")
    other = personas.in_role("Packer")
    first = PackingJob.objects.get().packer.email

    assert f"{first} has been packing this order since" in do(other, order, "claim/")
    assert f"{first} is packing this order now" in do(other, order, "scan/", code="SET-B")
    assert f"{first} is packing this order now" in do(other, order, "", partly="yes")
    assert f"{first} is packing it" in other.get(QUEUE).content.decode()
    assert not Fulfillment.objects.exists()

    assert "1 of 1" in do(other, order, "claim/", take_over="yes")
    assert "is packing this order now" in do(packer, order, "scan/", code="SET-B")
    assert "1 of 2" in do(other, order, "scan/", code="SET-B")


def test_put_aside_gives_it_back_and_it_can_be_cancelled_again(packer, order):
    do(packer, order, "claim/")
    with pytest.raises(CancelRefused):
        cancel_order(order_id=order.pk, actor_id=None, reason="No longer wanted.")
    do(packer, order, "release-claim/")
    assert not PackingJob.objects.filter(state="packing").exists()
    cancel_order(order_id=order.pk, actor_id=None, reason="No longer wanted.")
    assert packer.get(page(order)).status_code == 404


def test_what_was_refunded_is_not_packed_and_the_order_ends(packer, order):
    [second] = order.lines.filter(product_sku="SET-A")
    request_refund(order_id=order.pk, key="r", reason="Broken", lines={second.pk: 1}, restock=True)
    html = packer.get(page(order)).content.decode()
    assert "SET-A" not in html
    do(packer, order, "claim/")
    for _ in range(2):
        do(packer, order, "scan/", code="SET-B")
    do(packer, order, "")
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert f"/{order.pk}/" not in packer.get(QUEUE).content.decode()


@pytest.mark.parametrize("fields", [{}, {"paid": True, "status": "canceled"}])
def test_what_may_not_leave_cannot_be_opened(packer, fields):
    assert packer.get(page(builders.order(**fields))).status_code == 404


def test_an_order_flagged_meanwhile_stays(packer, order):
    packed(packer, order)
    OrderFlag.objects.create(order=order, reason="dispute")
    assert packer.post(page(order)).status_code == 404
    assert not Fulfillment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_the_same_moment_send_once(order):
    who = UserFactory(is_staff=True)
    packing.claim(order_id=order.pk, packer=who)
    for sku in ("SET-A", "SET-B", "SET-B"):
        packing.scan(order_id=order.pk, packer=who, code=sku)

    def send():
        try:
            packing.send_parcel(
                order_id=order.pk, packer=who, ticked=(), tracking_number="", partly=False
            )
        except packing.PackingRefused:
            return "told"
        return "sent"

    assert sorted(at_once(send, send)) == ["sent", "told"]
    assert Fulfillment.objects.count() == 1
    assert stocks() == {"SET-A": 4, "SET-B": 3}
    assert OutgoingEmail.objects.filter(kind="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_the_same_moment_one_is_told_who_packs(order):
    packers = UserFactory(is_staff=True, first_name="Ana"), UserFactory(is_staff=True)

    def begin(who):
        try:
            packing.claim(order_id=order.pk, packer=who)
        except packing.PackingRefused as refused:
            return str(refused)
        return who

    answers = at_once(*(lambda who=who: begin(who) for who in packers))
    [winner] = [answer for answer in answers if answer in packers]
    [told] = [answer for answer in answers if answer not in packers]
    assert told.startswith(f"{name_of(winner)} has been packing this order since")
    assert PackingJob.objects.get().packer == winner
    notes = [event.parameters.get("message") for event in order.events.all()]
    assert notes.count("Packing has begun.") == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_fulfil_at_the_same_moment_send_each_piece_once(order):
    pieces = {line.pk: line.quantity for line in order.lines.all()}
    clerks = UserFactory(is_staff=True), UserFactory(is_staff=True)

    def send(who):
        try:
            return fulfil(order_id=order.pk, pieces=pieces, actor_id=who.pk)
        except FulfilRefused as refused:
            return str(refused)

    answers = at_once(*(lambda who=who: send(who) for who in clerks))
    assert "Only 0 of these are still to be sent." in answers
    assert stocks() == {"SET-A": 4, "SET-B": 3}
    assert OutgoingEmail.objects.filter(kind="sent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sending_against_a_refund_never_sends_what_went_back(order):
    [line] = order.lines.filter(product_sku="SET-B")
    clerk = UserFactory(is_staff=True)

    def send():
        try:
            return bool(fulfil(order_id=order.pk, pieces={line.pk: 2}, actor_id=clerk.pk))
        except FulfilRefused as refused:
            return str(refused)

    sent, refund = at_once(
        send, lambda: request_refund(order_id=order.pk, key="r", reason="x", lines={line.pk: 1})
    )
    assert refund.created
    assert sent in {True, "Only 1 of these are still to be sent."}
    line.refresh_from_db()
    assert line.quantity_fulfilled == (2 if sent is True else 0)


@pytest.mark.django_db(transaction=True)
def test_scans_at_the_same_moment_are_all_counted(order):
    who = UserFactory(is_staff=True)
    packing.claim(order_id=order.pk, packer=who)

    def scan(sku):
        return packing.scan(order_id=order.pk, packer=who, code=sku)

    at_once(lambda: scan("SET-A"), lambda: scan("SET-B"), lambda: scan("SET-B"))
    assert in_parcel() == 3


def test_a_bin_is_set_by_scanning(packer, order):
    answer = packer.post(f"{QUEUE}bins/", {"sku": "set-b", "bin": "a0"}, follow=True)
    assert ": A0" in answer.content.decode()
    html = packer.get(page(order)).content.decode()
    assert html.index(">A0<") < html.index(">A1<")
    again = packer.post(f"{QUEUE}bins/", {"sku": "<b>", "bin": "D4"}).content.decode()
    assert "Nothing here has this SKU." in again
    assert 'value="&lt;b&gt;"' in again
    assert 'value="D4"' in again


def test_a_scan_names_what_came_in_without_its_sku_for_a_name(packer):
    placed = builders.order(paid=True)
    line = builders.line(placed, variant_in_stock(3, sku="ONE-SKU", name=""), 1)
    line.variant_name = "ONE-SKU"  # as Saleor's str() of a variant without a name
    line.save()
    do(packer, placed, "claim/")
    page = do(packer, placed, "scan/", code="ONE-SKU")
    assert f"In: {line.product_name}" in page
    assert "(ONE-SKU)" not in page
