"""Reviews: who is asked for one, once: only who wished it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.fulfilment.models import ReviewInvitation
from plugins.fulfilment.returns import announce_return, record_return
from plugins.fulfilment.reviews import (
    INVITE_AFTER,
    reviews_of_order,
    send_invitations,
    want_invitation,
)
from plugins.order_emails.models import EmailState, OutgoingEmail
from plugins.order_emails.outbox import send_emails
from plugins.ordering.order_messages import CONTRACT_KEY
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.functional.discretion.life import ADDRESS
from tests.functional.discretion.words import found, sensitive_words
from tests.functional.ordering.parallel import at_once
from tests.functional.orders.reviewing import address, bought, first, words, written
from tests.personas import link_holder
from tests.shown import pay

pytestmark = pytest.mark.django_db


LONG_AGO = timedelta(days=7) + INVITE_AFTER + timedelta(hours=25)


def wished(*lines, left=LONG_AGO, **fields):
    """Return an order that left so long ago, whose customer wishes to be asked."""
    order = bought(*lines or ((variant_in_stock(9, product__name="Gentle set", name=""), 1),),
                   left=timezone.now() - left, **fields)  # fmt: skip
    want_invitation(order_id=order.pk, wanted=True)
    return order


def invited():
    return list(OutgoingEmail.objects.filter(kind="review_invitation"))


def test_who_wished_it_is_asked_once(django_capture_on_commit_callbacks):
    order = wished()
    assert (send_invitations(), send_invitations()) == (1, 0)
    [row] = invited()
    assert row.order == order
    assert reviews_of_order(order.pk).may_wish is False
    want_invitation(order_id=order.pk, wanted=False)
    want_invitation(order_id=order.pk, wanted=True)
    assert send_invitations() == 0
    assert len(invited()) == 1


def test_the_email_names_a_number_and_opens_the_page_where_it_is_said():
    order = wished()
    send_invitations()
    send_emails(email_ids=[row.pk for row in invited()])
    [sent] = [message for message in mail.outbox if "question" in message.subject]
    html = sent.alternatives[0][0]
    assert sent.subject == f"Your Stillwater order {order.pk}: a question"
    assert sent.to == ["robin@example.org"]
    places = [("subject", sent.subject), ("text", sent.body), ("html", html)]
    assert found(sensitive_words(), places) == []
    assert "Gentle" not in sent.body + html
    [link] = set(re.findall(r"https?://\S+/orders/open/\S+/reviews/", sent.body))
    assert f'href="{link}"' in html
    stranger = personas.anonymous()
    answer = stranger.get(urlsplit(link).path)
    assert answer.headers["Location"] == address(order)
    assert stranger.get(address(order)).status_code == 200
    forged = urlsplit(link).path.replace("/open/", "/open/x")
    assert personas.anonymous().get(forged).status_code == 403


def test_who_did_not_ask_is_never_asked():
    bought((variant_in_stock(9), 1), left=timezone.now() - LONG_AGO)
    assert send_invitations() == 0
    assert invited() == []


@pytest.mark.parametrize("left", [timedelta(0), INVITE_AFTER, LONG_AGO - timedelta(days=2)])
def test_not_before_its_time(left):
    wished(left=left)
    assert send_invitations() == 0
    assert ReviewInvitation.objects.get().sent_at is None


def cancelled(order):
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CANCELED)


def came_back(order):
    clerk = UserFactory(is_staff=True)
    record_return(
        order_id=order.pk, pieces={first(order).pk: 1}, sealed=True, sound=True, actor_id=clerk.pk
    )


def said(order):
    written(first(order))


def unsubscribed(order):
    want_invitation(order_id=order.pk, wanted=False)


@pytest.mark.parametrize("what", [cancelled, came_back, said, unsubscribed])
def test_nothing_is_asked_of_what_is_over(what):
    what(wished())
    assert send_invitations() == 0
    assert invited() == []
    assert not ReviewInvitation.objects.exists()


@pytest.mark.parametrize("what", [cancelled, came_back, said])
def test_an_email_that_waits_is_not_sent_once_it_is_over(what):
    order = wished()
    send_invitations()
    what(order)
    send_emails(email_ids=[row.pk for row in invited()])
    assert [row.state for row in invited()] == [EmailState.SKIPPED]
    assert mail.outbox == []


def test_who_wants_no_more_emails_than_the_law_asks_for_gets_none():
    order = wished()
    order.metadata = {CONTRACT_KEY: {"messages": "legal"}}
    order.save()
    assert reviews_of_order(order.pk).may_wish is False
    send_invitations()
    assert invited() == []


def test_while_something_comes_back_nobody_asks():
    order = wished()
    announce_return(order_id=order.pk, pieces={first(order).pk: 1}, reason="damaged", sealed=False)
    assert send_invitations() == 0
    assert ReviewInvitation.objects.get().sent_at is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once():
    wished()
    assert sorted(at_once(send_invitations, send_invitations)) == [0, 1]
    assert len(invited()) == 1


def test_the_wish_is_said_and_taken_back_on_the_orders_page(sent):
    client = link_holder(sent)
    assert "Ask me once" in words(client.get(address(sent)))
    client.post(address(sent, rest="wish/"), {"wanted": "1"})
    assert ReviewInvitation.objects.get().order == sent
    assert "You can still say no." in words(client.get(address(sent)))
    client.post(address(sent, rest="wish/"))
    assert not ReviewInvitation.objects.exists()


TICK = r'<input type="checkbox" name="review_invitation"( checked)?'


@pytest.fixture
def guest(shop):
    """Someone with a starter set, who is to check and pay."""
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    return client


def tick(client):
    """Return whether the tick is there and set: True, False, or None where it is not there."""
    box = re.search(TICK, words(client.get("/checkout/review/")))
    return box and bool(box[1])


@pytest.mark.django_db(transaction=True)
def test_the_tick_is_off_and_goes_to_the_order_and_back(guest):
    assert tick(guest) is False
    pay(guest, review_invitation="on")
    assert ReviewInvitation.objects.get().order == Order.objects.get()
    assert tick(guest) is True
    pay(guest)
    assert Order.objects.count() == 1
    assert not ReviewInvitation.objects.exists()
    assert tick(guest) is False


def test_who_wants_no_more_messages_is_not_offered_it(guest):
    checkout = Checkout.objects.get()
    checkout.metadata["discreet_shipping"] = {"version": 1, "messages": "legal"}
    checkout.save()
    assert tick(guest) is None
