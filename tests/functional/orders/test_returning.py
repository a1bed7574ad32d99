"""A customer sends something back from the order's page: announced, labelled, taken back again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from saleor.order.models import Order, OrderEvent
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import Return, ReturnState, ShipmentState, ShipmentStep
from plugins.fulfilment.packing import report_shipments
from plugins.fulfilment.policies import ReturnRefused
from plugins.fulfilment.returns import announce_return, record_return, set_return_state
from plugins.ordering.models import PieceState, PieceStep
from plugins.ordering.refunds import request_refund
from tests.factories import UserFactory, variant_in_stock
from tests.functional.discretion.words import found, sensitive_words
from tests.functional.emails.orders import bodies
from tests.functional.orders.returning import both_sent, day, path, read, sent
from tests.personas import anonymous, customer, link_holder, staff, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(buy, clerk):
    return both_sent(buy(), clerk)


def test_the_order_page_leads_to_the_form_which_says_the_rules_before(order):
    client = link_holder(order)
    assert f'href="{path(order)}">Return something</a>' in read(client, f"/orders/{order.token}/")
    page = read(client, path(order))
    last = timezone.localdate() + timedelta(days=7 + 14)
    for words in (
        f"<title>Your order {order.pk} · Stillwater</title>",
        f"Until {day(last)} you may send back what is unopened, and need no reason.",
        "Opened: for hygiene it cannot be sold again",
        "How many come back? You have 2 of it.",
        "I would rather not say",
    ):
        assert words in page


def test_the_time_is_counted_from_the_day_on_which_the_last_parcel_came(order, clerk, settings):
    report_shipments(
        order_id=order.pk, state=ShipmentState.DELIVERED, is_collection=False, actor_id=clerk.pk
    )
    came = timezone.localdate() - timedelta(days=14)
    ShipmentStep.objects.filter(state="delivered").update(at=timezone.now() - timedelta(days=14))
    client = link_holder(order)
    assert f"Until {day(came + timedelta(days=14))}" in read(client, path(order))
    settings.RETURN_DAYS = 13
    page = read(client, path(order))
    assert f"The time in which you need no reason ended on {day(came + timedelta(13))}" in page
    late = client.post(path(order), sent(order))
    assert late.status_code == 409
    assert "The time in which you need no reason is over." in late.content.decode()
    assert not Return.objects.exists()
    assert client.post(path(order), sent(order, reason="damaged")).status_code == 303


def test_a_form_that_is_refused_begins_with_what_is_missing_and_where(order):
    answer = link_holder(order).post(path(order), sent(order, sealed=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    summary = page[page.index('role="alert"') : page.index("Before you choose")]
    assert '<a href="#id_sealed">Please say whether the seals are whole.</a>' in summary
    assert '<fieldset id="id_sealed">' in page


def test_announcing_without_a_reason_shows_what_to_do_and_tells_it_once(order):
    client = link_holder(order)
    answer = client.post(path(order), sent(order, message="  Thank you.\nRobin "))
    assert (answer.status_code, answer.headers["Location"]) == (303, path(order))
    made = Return.objects.get()
    assert (made.state, made.reason, made.sealed) == ("announced", "", True)
    assert made.message == "  Thank you.\nRobin "
    assert made.lines.values_list("announced", "wanted").get() == (1, None)
    assert not PieceStep.objects.filter(kind="returned").exists()
    page = read(client, path(order))
    sender = order.metadata["discretion_contract"]["label"]["sender"]
    assert sender[-4:] == ["PO Box 118", "Leeds", "LS1 9AB", "United Kingdom"]
    for words in ("1 × Gentle set", "Print the label (PDF)", "I keep it after all", *sender):
        assert words in page
    shown = read(client, f"/orders/{order.token}/")
    assert "You told us that something comes back." in shown
    assert "What to do, and the label" in shown
    assert "Your parcel has reached you." in shown
    assert "parcel is on its way" not in shown
    assert "Expected between" not in shown
    (message,) = mail.outbox
    assert message.subject == f"Sending back: your Stillwater order {order.pk}"
    assert message.to == ["robin@example.org"]
    for body in bodies(message):
        assert f"You send something back from order {order.pk}" in body
        assert "http://testserver/orders/open/" in body
        assert found(sensitive_words(), [("body", body)]) == []
        assert "Robin" not in body


def test_the_label_names_the_discreet_address_and_nothing_else(order):
    client = link_holder(order)
    assert client.get(path(order, "label/")).status_code == 404
    client.post(path(order), sent(order))
    answer = client.get(path(order, "label/"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    name = f'attachment; filename="label-{order.pk}.pdf"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("fields", "status", "why"),
    [
        ({"count": 0}, 409, "Please say what you want to send back."),
        ({"count": 3}, 422, "Enter a whole number from 0 to 2."),
        ({"count": "a"}, 422, "Enter a whole number from 0 to 2."),
        ({"sealed": ""}, 422, "Please say whether the seals are whole."),
        ({"sealed": "opened"}, 409, "What was opened cannot come back, for hygiene, unless"),
        ({"sealed": "opened", "reason": "other_size"}, 409, "What was opened cannot come back"),
        ({"reason": "health"}, 422, "Select a valid choice"),
        ({"message": "a" * 501}, 422, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(order, fields, status, why):
    answer = link_holder(order).post(path(order), {"message": "<Keep me>", **sent(order, **fields)})
    page = answer.content.decode()
    assert answer.status_code == status
    assert why in page
    assert ("&lt;Keep me&gt;" in page) == ("message" not in fields)
    assert not Return.objects.exists()
    assert mail.outbox == []


def test_what_is_opened_and_faulty_may_come_back(order):
    client = link_holder(order)
    fields = sent(order, sealed="opened", reason="damaged")
    assert client.post(path(order), fields).status_code == 303
    assert Return.objects.get().sealed is False


def test_a_return_is_taken_back_until_it_is_here(order, clerk):
    client = link_holder(order)
    client.post(path(order), sent(order))
    answer = client.post(path(order, "withdraw/"))
    assert answer.headers["Location"] == f"/orders/{order.token}/"
    assert "You took the return back." in read(client, f"/orders/{order.token}/")
    assert "What comes back" in read(client, path(order))
    client.post(path(order), sent(order))
    set_return_state(order_id=order.pk, state=ReturnState.ARRIVED, actor_id=clerk.pk)
    assert client.post(path(order, "withdraw/")).status_code == 303
    assert [row.state for row in Return.objects.all()] == ["withdrawn", "arrived"]
    page = read(client, path(order))
    assert "What you sent back is here. We look at it next." in page
    assert "I keep it after all" not in page


def test_pressed_twice_it_is_one_return(order):
    client = link_holder(order)
    client.post(path(order), sent(order))
    again = client.post(path(order), sent(order))
    assert again.status_code == 409
    assert "You have told us of a return already." in again.content.decode()
    assert Return.objects.count() == 1


def test_each_state_is_told_once_in_neutral_words(order, clerk):
    pieces = {order.lines.get().pk: 1}
    announce_return(order_id=order.pk, pieces=pieces, sealed=True)
    set_return_state(order_id=order.pk, state=ReturnState.ARRIVED, actor_id=clerk.pk)
    inspect = {"order_id": order.pk, "pieces": pieces, "sealed": True, "sound": True}
    record_return(**inspect, actor_id=clerk.pk, more=True)
    record_return(**inspect, actor_id=clerk.pk)
    assert [message.subject for message in mail.outbox] == [
        f"Sending back: your Stillwater order {order.pk}",
        f"Your Stillwater order {order.pk}: your parcel is here",
        f"Your Stillwater order {order.pk}: we looked at your parcel",
    ]
    for message in mail.outbox:
        assert message.from_email == mail.outbox[0].from_email
        for body in bodies(message):
            assert "http://testserver/orders/open/" in body
            assert found(sensitive_words(), [("body", body)]) == []


def test_the_customers_own_language_and_code_word_are_used(order):
    metadata = {**order.metadata, "discretion_contract": {
        **order.metadata["discretion_contract"], "emails": {},
        "choices": {**order.metadata["discretion_contract"]["choices"], "code_word": "Bluebell"},
    }}  # fmt: skip
    Order.objects.update(language_code="es", metadata=metadata)
    announce_return(order_id=order.pk, pieces={order.lines.get().pk: 1}, sealed=True)
    (message,) = mail.outbox
    assert message.subject == f"Bluebell: envío de vuelta, pedido {order.pk}"
    for body in bodies(message):
        assert f"Devuelves algo del pedido {order.pk}" in body


def test_an_account_returns_from_its_own_order(order):
    user = UserFactory()
    Order.objects.update(user=user)
    client = customer(user)
    assert "What comes back" in read(client, path(order))
    assert client.post(path(order), sent(order)).status_code == 303
    assert Return.objects.get().order_id == order.pk


@pytest.mark.parametrize("rest", ["", "withdraw/", "label/", "1/replacement/"])
def test_nobody_else_gets_anything(order, rest):
    announce_return(order_id=order.pk, pieces={order.lines.get().pk: 1}, sealed=True)
    for somebody in (anonymous(), wrong_customer(), staff("order.manage_orders")):
        for answer in (somebody.get(path(order, rest)), somebody.post(path(order, rest))):
            assert answer.status_code in {403, 405}
            assert b"Gentle" not in answer.content
    assert Return.objects.get().state == "announced"


def test_the_pages_are_private_and_the_forms_need_their_token(order):
    client = link_holder(order)
    client.post(path(order), sent(order))
    for rest in ("", "label/"):
        answer = client.get(path(order, rest))
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    checked = link_holder(order, enforce_csrf_checks=True)
    assert checked.post(path(order, "withdraw/")).status_code == 403
    assert Return.objects.get().state == "announced"


def test_an_order_that_has_not_left_has_no_such_page(buy):
    order = buy((variant_in_stock(9, product__name="Gentle set", name=""), 2))
    client = link_holder(order)
    assert "Return something" not in read(client, f"/orders/{order.token}/")
    assert client.get(path(order)).status_code == 404


def test_what_came_back_in_full_leaves_nothing_to_return(order, clerk):
    pieces = {order.lines.get().pk: 2}
    record_return(order_id=order.pk, pieces=pieces, sealed=True, sound=True, actor_id=clerk.pk)
    client = link_holder(order)
    assert "Return something" not in read(client, f"/orders/{order.token}/")
    assert "There is nothing of this order to send back." in read(client, path(order))
    assert Stock.objects.get().quantity == 9
    assert OrderEvent.objects.filter(type="note_added").exists()


def refund_sent(order, pieces):
    line = order.lines.get().pk
    request_refund(
        order_id=order.pk, key=f"r{pieces}", reason="Kept", lines={line: pieces},
        which={line: PieceState.SENT},
    )  # fmt: skip


def test_what_was_refunded_is_not_to_be_sent_back(order):
    client = link_holder(order)
    refund_sent(order, 1)
    assert "How many come back? You have 1 of it." in read(client, path(order))
    assert client.post(path(order), sent(order, 2)).status_code == 422
    request_refund(order_id=order.pk, key="rest", reason="All of it")
    page = read(client, f"/orders/{order.token}/")
    assert "Refunded" in page
    assert "Return something" not in page
    assert client.get(path(order)).status_code == 404
    with pytest.raises(ReturnRefused, match="fewer of these"):
        announce_return(order_id=order.pk, pieces={order.lines.get().pk: 1}, sealed=True)


def test_all_the_money_back_as_an_amount_leaves_nothing_to_return_either(order):
    request_refund(
        order_id=order.pk, key="a", reason="x", amount=order.total_gross, user_id=None
    )  # fmt: skip
    assert "Return something" not in read(link_holder(order), f"/orders/{order.token}/")


def test_the_days_in_which_it_is_to_be_posted_are_the_shops_setting(order, settings):
    settings.RETURN_DAYS = 30
    client = link_holder(order)
    client.post(path(order), sent(order))
    assert "Take it to a post office within 30 days" in read(client, path(order))
