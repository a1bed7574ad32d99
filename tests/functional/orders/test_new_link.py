"""Asking for a new link: sent to who may have it, and the same answer for everybody."""

import re
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisIsDown
from saleor.order.models import Order

from plugins.order_emails.models import OutgoingEmail
from storefront.limits import MAX_REQUESTS
from storefront.tasks import send_order_link
from tests.factories import UserFactory
from tests.personas import anonymous, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)
ASK, SENT = "/orders/link/", "/orders/link/sent/"
PUBLISH = "storefront.tasks.send_order_link.delay"


@pytest.fixture
def order(buy):
    order = buy()
    mail.outbox.clear()
    return order


def ask(number, email="robin@example.org", client=None):
    return (client or anonymous()).post(ASK, {"number": str(number), "email": email})


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("email", ["robin@example.org", "Robin@Example.ORG "])
@pytest.mark.parametrize("number", ["{}", "#{}", " {} "])
def test_number_and_address_that_belong_together_bring_a_link(order, number, email):
    answer = ask(number.format(order.pk), email)
    assert (answer.status_code, answer.headers["Location"]) == (302, SENT)
    (message,) = mail.outbox
    assert message.to == ["robin@example.org"]
    assert message.subject == f"A new link to your Stillwater order {order.pk}"
    client, html = anonymous(), message.alternatives[0][0]
    for body in (message.body, html):
        (path,) = set(re.findall(r"http://testserver(/orders/open/[^/]+/)", body))
        assert "Gentle" not in body
        page = client.get(path, follow=True)
        assert page.redirect_chain == [(f"/orders/{order.token}/", 302)]
        assert "Gentle set" in text(page)


def test_it_goes_where_the_messages_of_the_order_go(order):
    order.metadata["discretion_contract"]["choices"]["message_email"] = "post@example.org"
    order.save()
    ask(order.pk)
    assert [message.to for message in mail.outbox] == [["post@example.org"]]


def test_an_account_asks_with_the_address_to_which_the_orders_e_mails_go(order):
    user = UserFactory(email="account@example.org")
    Order.objects.filter(pk=order.pk).update(user=user)
    ask(order.pk, "account@example.org")
    assert mail.outbox == []
    ask(order.pk, "robin@example.org")
    assert [message.to for message in mail.outbox] == [["robin@example.org"]]


def test_others_get_the_same_answer_and_no_e_mail(order):
    right = ask(order.pk)
    mail.outbox.clear()
    for number, email, client in (
        (order.pk, "somebody.else@example.org", wrong_customer()),
        (order.pk + 1, "robin@example.org", anonymous()),
        (2**31 - 1, "robin@example.org", anonymous()),
    ):
        answer = ask(number, email, client)
        assert (answer.status_code, answer.content) == (right.status_code, right.content)
        assert answer.headers.items() == right.headers.items()
        assert not answer.cookies
    assert mail.outbox == []
    assert OutgoingEmail.objects.filter(kind="new_link").count() == 1
    assert "If number and address belong together" in text(anonymous().get(SENT))


def test_the_work_of_a_request_is_the_same_for_every_pair(order):
    """No clock is needed: one query and one task with an id or none, whatever was asked."""
    work = []
    for number, email in (
        (order.pk, "robin@example.org"),
        (order.pk, "x@example.org"),
        (1, "x@x.org"),
    ):
        with (
            patch(PUBLISH) as publish,
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            ask(number, email)
        publish.assert_called_once()
        work.append((publish.call_args.args, [q["sql"].replace(str(number), "n") for q in queries]))
    assert [args for args, _ in work] == [(order.pk,), (None,), (None,)]
    assert work[0][1] == work[1][1] == work[2][1]
    assert len(work[0][1]) == 1


def test_a_draft_is_nobodys_yet(order):
    Order.objects.update(status="draft")
    ask(order.pk)
    assert mail.outbox == []


def test_asking_again_at_once_sends_no_second_e_mail(order):
    ask(order.pk)
    ask(order.pk)
    send_order_link(order.pk)
    assert len(mail.outbox) == 1


def test_who_wants_no_messages_still_gets_the_link_they_asked_for(order):
    order.metadata["discretion_contract"]["choices"]["messages"] = "legal"
    order.save()
    ask(order.pk)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("number", "email", "wrong"),
    [
        ("", "robin@example.org", "Enter the order’s number"),
        ("12a", "robin@example.org", "Enter the order’s number"),
        ("-1", "robin@example.org", "Enter the order’s number"),
        ("99999999999", "robin@example.org", "Enter the order’s number"),
        ("1042", "robin", "Enter an e-mail address"),
        ("1042", "", "Enter an e-mail address"),
    ],
)
def test_what_was_mistyped_is_said_and_kept(number, email, wrong):
    with patch(PUBLISH) as publish:
        page = ask(number, email)
    assert page.status_code == 422
    assert wrong in text(page)
    for typed in filter(None, (number, email)):
        assert f'value="{typed}"' in text(page)
    assert not publish.called


def test_numbers_cannot_be_tried_out_at_length(order):
    for number in range(MAX_REQUESTS):
        assert ask(number + 10**6).status_code == 302
    page = ask(order.pk)
    assert page.status_code == 429
    assert "try again in a quarter of an hour" in text(page)
    assert f'value="{order.pk}"' in text(page)
    assert ask(1).status_code == 429  # known or not
    assert mail.outbox == []
    assert ask(order.pk, client=anonymous(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_the_cache_holds_no_internet_address():
    with (
        patch("storefront.limits.cache.add") as add,
        patch("storefront.limits.cache.incr", return_value=1),
    ):
        ask(1, client=anonymous(REMOTE_ADDR="192.0.2.7"))
    (key, _start, _seconds) = add.call_args.args
    assert key.startswith("limit-order-link-")
    assert "192.0.2.7" not in key


@pytest.mark.parametrize("email", ["robin@example.org", "x@example.org"])
def test_without_a_broker_it_says_so_to_everybody_and_keeps_what_was_typed(order, email):
    down = patch("storefront.limits.cache.add", side_effect=RedisIsDown)
    with down, patch(PUBLISH, side_effect=OperationalError):
        page = ask(order.pk, email)
    assert page.status_code == 503
    assert "try again in a few minutes" in text(page)
    assert f'value="{email}"' in text(page)


def test_the_pages_are_private_and_neutral():
    for address in (ASK, SENT):
        page = anonymous().get(address)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "<title>Your order · Stillwater</title>" in text(page)


def test_the_form_needs_its_token():
    client = anonymous(enforce_csrf_checks=True)
    assert ask(1, client=client).status_code == 403
    form = text(client.get("/orders/00000000-0000-4000-8000-000000000000/"))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    data = {"number": "1", "email": "x@example.org", "csrfmiddlewaretoken": token}
    assert client.post(ASK, data).status_code == 302
