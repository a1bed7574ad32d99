"""After a parcel has left: what went out of an order's life, beside what was promised."""

import pytest
from django.core import mail
from saleor.order.models import OrderEvent

from plugins.discreet_shipping.order_contract import contract_of
from plugins.fulfilment.models import PrintedLabel
from plugins.fulfilment.packing import fulfil
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.models import PaymentSession
from tests.factories import GiftCardFactory, UserFactory
from tests.personas import link_holder, staff

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = {
    "discreet_shipping": {"message_email": "other@example.org", "code_word": "Bluebell"},
}


@pytest.fixture
def order(buy):
    return buy(metadata=CHOSEN)


def send(order):
    line = order.lines.get()
    clerk = UserFactory(is_staff=True)
    fulfil(order_id=order.pk, pieces={line.pk: line.quantity}, actor_id=clerk.pk)


def page_of(order):
    return " ".join(link_holder(order).get(f"/orders/{order.token}/").content.decode().split())


def test_nothing_is_shown_before_a_parcel_has_left(order):
    assert "What others saw" not in page_of(order)


def test_the_label_is_shown_as_it_was_printed(order):
    staff("order.manage_orders").get(f"/staff/order/order/{order.pk}/document/label/4x6.pdf")
    send(order)
    page = page_of(order)
    assert "We kept no copy" not in page
    assert "Not as promised" not in page
    for line in contract_of(order)["label"]["recipient"]:
        assert line in page
    label = PrintedLabel.objects.get()
    label.printed["marks"] = ["Personal goods"]
    label.save()
    assert "Personal goods" in page_of(order)
    assert "Not as promised" in page_of(order)


def test_each_email_is_shown_from_outside_as_it_was_sent(order):
    send(order)
    rows = OutgoingEmail.objects.filter(order=order, state="sent").exclude(outside={})
    sent = [message for message in mail.outbox if message.to == ["other@example.org"]]
    assert {row.outside["subject"] for row in rows} == {message.subject for message in sent}
    assert len(sent) == 2
    page = page_of(order)
    for message in sent:
        assert message.subject.startswith("Bluebell: ")
        assert message.subject in page
    assert "To other@example.org." in page
    assert "Promised was: <" not in page


def test_an_email_that_differs_stands_beside_its_promise(order):
    send(order)
    row = OutgoingEmail.objects.get(order=order, kind="sent")
    row.outside["subject"] = "Something else"
    row.save()
    page = page_of(order)
    assert "Something else" in page
    assert f"Promised was: {contract_of(order)['emails']['sent']['subject']}" in page


def test_the_history_names_the_address_that_the_email_went_to(order):
    events = OrderEvent.objects.filter(order=order, type="email_sent")
    assert {event.parameters["email"] for event in events} == {"other@example.org"}


def test_a_free_order_promises_no_statement_and_meets_no_payment_service(buy):
    card = GiftCardFactory(initial_balance_amount="500.00", current_balance_amount="500.00")
    order = buy(cards=[card])
    contract = contract_of(order)
    assert (contract["statement"], contract["payment"]) == ("", [])
    assert "Stripe Checkout" not in contract["history"]
    seen = link_holder(order).get(f"/orders/{order.token}/seen/").content.decode()
    assert "no payment service is asked" in seen
    assert "Card statement" not in seen
    assert "Card statement" not in page_of(order)
    send(order)
    assert PaymentSession.objects.get().told == {}


def test_nobody_is_named_once_the_order_is_anonymous(order):
    staff("order.manage_orders").get(f"/staff/order/order/{order.pk}/document/label/4x6.pdf")
    send(order)
    PaymentSession.objects.update(told={"customer_email": "other@example.org"})
    anonymise_order(order=order)
    assert PrintedLabel.objects.get().printed == {}
    assert set(map(str, OutgoingEmail.objects.values_list("outside", flat=True))) == {"{}"}
    assert PaymentSession.objects.get().told == {}
