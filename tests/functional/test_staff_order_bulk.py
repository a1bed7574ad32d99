"""Several orders at once: asked first, each by itself, and never a word about money."""

import pytest
from django.utils import timezone
from saleor.order.models import Order, OrderEvent
from saleor.warehouse.models import Allocation

from plugins.fulfilment.packing import fulfil
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.ordering.models import Refund
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = "/staff/order/order/"


@pytest.fixture
def support():
    return personas.in_role("Support")


def choose(client, action, *orders, url=ORDERS, **fields):
    sent = {"action": action, "index": "0", "_selected_action": [o.pk for o in orders], **fields}
    return client.post(url, sent, follow=True).content.decode()


def confirm(client, action, *orders, **fields):
    return choose(client, action, *orders, confirm="yes", **fields)


def notes(order):
    events = OrderEvent.objects.filter(order=order, type="note_added")
    return [event.parameters["message"] for event in events]


def waiting(sku="SET-A"):
    order = builders.order()
    builders.line(order, variant_in_stock(5, sku=sku), 2)
    return order


def sent(order, sku="SET-S"):
    line = builders.line(order, variant_in_stock(5, sku=sku), 1)
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=UserFactory(is_staff=True).pk)
    OutgoingEmail.objects.filter(order=order, kind="sent").update(
        state=EmailState.SENT, sent_at=timezone.now()
    )
    return order


@pytest.mark.parametrize("action", ["add_note", "resend_parcel_emails", "cancel_unpaid"])
def test_each_is_asked_on_a_page_of_its_own_before_anything_is_done(support, action):
    first, second = waiting("A"), sent(builders.order(paid=True))
    html = choose(support, action, first, second)
    assert "2 orders:" in html
    for order in (first, second):
        assert f'name="_selected_action" value="{order.pk}"' in html
    assert notes(first) == []
    assert OutgoingEmail.objects.filter(kind="sent").count() == 1
    assert not Order.objects.filter(status="canceled").exists()


def test_what_is_not_paid_is_cancelled_and_what_is_paid_stays_and_is_named(support):
    first, second, paid = waiting("A"), waiting("B"), builders.order(paid=True)
    over = builders.order(status="canceled")
    said = confirm(support, "cancel_unpaid", first, second, paid, over, reason="A test order")
    assert f"Done for orders {first.pk}, {second.pk}." in said
    assert f"Not done for order {paid.pk}: it is paid." in said
    assert f"Not done for order {over.pk}: it was over before." in said
    states = dict(Order.objects.values_list("pk", "status"))
    assert states == {
        first.pk: "canceled", second.pk: "canceled", paid.pk: "unfulfilled", over.pk: "canceled",
    }  # fmt: skip
    assert not Allocation.objects.filter(quantity_allocated__gt=0).exists()
    assert not Refund.objects.exists()
    assert "Cancelled as unpaid: A test order" in notes(first)
    assert notes(paid) == []


def test_an_order_paid_while_the_question_was_open_is_named_though_the_filter_lost_it(support):
    order = waiting()
    url = f"{ORDERS}?work=waiting"
    assert "1 order:" in choose(support, "cancel_unpaid", order, url=url)
    builders.payment(order, "52.50")
    said = choose(support, "cancel_unpaid", order, url=url, confirm="yes", reason="Too old")
    assert f"Not done for order {order.pk}: it is paid." in said


def test_a_reason_and_a_note_are_needed_and_nothing_is_done_without(support):
    order = waiting()
    assert "This field is required." in confirm(support, "cancel_unpaid", order, reason=" ")
    assert "This field is required." in confirm(support, "add_note", order, message="")
    order.refresh_from_db()
    assert order.status == "unfulfilled"
    assert notes(order) == []


def test_a_note_stands_in_each_time_line_with_who_wrote_it(support):
    first, second = waiting("A"), waiting("B")
    confirm(support, "add_note", first, second, message="Courier on <b>strike</b>")
    for order in (first, second):
        assert notes(order) == ["Courier on <b>strike</b>"]
        html = support.get(f"{ORDERS}{order.pk}/change/").content.decode()
        assert "Courier on &lt;b&gt;strike&lt;/b&gt;" in html
    author = {str(event.user_id) for event in OrderEvent.objects.filter(type="note_added")}
    assert author == {support.session["_auth_user_id"]}


def test_customers_are_told_of_their_parcel_again_if_they_were_told_before(support):
    gone, unsent = sent(builders.order(paid=True)), builders.order(paid=True)
    said = confirm(support, "resend_parcel_emails", gone, unsent)
    assert f"Done for order {gone.pk}." in said
    assert f"Not done for order {unsent.pk}: no e-mail told that it is on its way." in said
    assert OutgoingEmail.objects.filter(order=gone, kind="sent").count() == 2
    assert not OutgoingEmail.objects.filter(order=unsent).exists()
    again = confirm(support, "resend_parcel_emails", gone)
    assert f"Not done for order {gone.pk}: such an e-mail is about to go out." in again
    assert OutgoingEmail.objects.filter(order=gone, kind="sent").count() == 2


def test_fifty_are_enough_at_once(support, monkeypatch):
    monkeypatch.setattr("dashboard.admin.orders.bulk.MAX_ORDERS_AT_ONCE", 1)
    first, second = waiting("A"), waiting("B")
    said = choose(support, "cancel_unpaid", first, second)
    assert "Choose up to 1 orders at once. Nothing was done." in said
    confirm(support, "cancel_unpaid", first, second, reason="x")
    assert not Order.objects.filter(status="canceled").exists()


def test_a_note_is_written_from_the_orders_own_page_too(support):
    order = waiting()
    url = f"{ORDERS}{order.pk}/note/"
    assert "This field is required." in support.post(url, {"message": ""}).content.decode()
    html = support.post(url, {"message": "She will ring back"}, follow=True).content.decode()
    assert "The note stands in the time line." in html
    assert notes(order) == ["She will ring back"]


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_others_may_not(role):
    who, order = personas.in_role(role), waiting()
    for action in ("add_note", "resend_parcel_emails", "cancel_unpaid"):
        url, fields = ORDERS, {"action": action, "_selected_action": order.pk, "confirm": "yes"}
        assert who.post(url, {**fields, "message": "x", "reason": "x"}).status_code == 403
    assert who.post(f"{ORDERS}{order.pk}/note/", {"message": "x"}).status_code == 403
    assert notes(order) == []


def test_a_pick_list_is_one_walk_for_several_orders():
    manager, packer = personas.in_role("Manager"), personas.in_role("Packer")
    orders = [builders.order(paid=True) for _ in range(2)]
    both = variant_in_stock(9, sku="SET-B", private_metadata={"bin": "C3"})
    one = variant_in_stock(9, sku="SET-A", private_metadata={"bin": "A1"})
    for order in orders:
        builders.line(order, both, 2)
    builders.line(orders[1], one, 1)
    unpaid = waiting("SET-C")

    html = choose(manager, "pick_list", *orders, unpaid)

    assert "Pick list: 2 orders" in html
    assert f"Not to be packed now, so left out: {unpaid.pk}." in html
    assert html.index("A1") < html.index("C3")
    assert f"{orders[0].pk} (×2), {orders[1].pk} (×2)" in html
    for private in ("Robin", "52.50", "49.00", "Mill Lane"):
        assert private not in html
    whole = packer.get("/staff/packing/pick-list/").content.decode()
    assert "Pick list: 2 orders" in whole
    assert "/staff/packing/pick-list/" in packer.get("/staff/packing/").content.decode()
    assert (
        "There is nothing to pick."
        in packer.get("/staff/packing/pick-list/?order=999999&order=x").content.decode()
    )


def test_only_who_packs_is_offered_the_pick_list(support):
    builders.order(paid=True)
    assert "pick_list" not in support.get(ORDERS).content.decode()
    assert "pick_list" in personas.in_role("Manager").get(ORDERS).content.decode()
