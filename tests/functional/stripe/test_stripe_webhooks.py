"""Webhooks that are not Stripe's, too old, changed, or repeated."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from saleor.order.models import Order
from saleor.payment.models import Transaction

from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import PaymentSession, Refund
from plugins.stripe_payments import events
from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent
from tests.functional.ordering.reading import pieces_held
from tests.functional.stripe.sandbox import DECLINED, send, sign

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETED = "checkout.session.completed"


def everything():
    """Return all that a webhook could change."""
    return (
        list(Order.objects.values_list("pk", "status", "private_metadata")),
        list(Transaction.objects.values_list("pk")),
        list(PaymentSession.objects.values_list("pk", "state", "reference")),
        list(StripeEvent.objects.values_list("pk", "deliveries", "state")),
        list(OutgoingEmail.objects.values_list("pk")),
    )


def refusals():
    return dict(RefusedWebhook.objects.values_list("reason", "count"))


def test_forged_webhook_changes_nothing_and_is_counted(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    event, before = sandbox.event(COMPLETED), everything()
    for _ in range(2):
        assert send(client, event, secret="whsec_guessed").status_code == 400
    assert everything() == before
    assert refusals() == {"forged": 2}


def test_unsigned_webhook_changes_nothing_and_is_counted(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    before, body = everything(), json.dumps(sandbox.event(COMPLETED))
    answer = client.post("/stripe/webhook/", body, content_type="application/json")
    assert answer.status_code == 400
    assert (everything(), refusals()) == (before, {"forged": 1})


def test_stale_webhook_changes_nothing_and_is_counted(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    event, before = sandbox.event(COMPLETED), everything()
    assert send(client, event, at=int(time.time()) - 301).status_code == 400
    assert (everything(), refusals()) == (before, {"stale": 1})


def test_tampered_webhook_changes_nothing_and_is_counted(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    body, before = json.dumps(sandbox.event(COMPLETED)), everything()
    answer = client.post(
        "/stripe/webhook/",
        body.replace(session.reference, "cs_test_other"),
        content_type="application/json",
        headers={"Stripe-Signature": sign(body)},
    )
    assert answer.status_code == 400
    assert (everything(), refusals()) == (before, {"forged": 1})


def test_signed_rubbish_is_refused_and_counted(client, sandbox):
    answer = client.post(
        "/stripe/webhook/",
        "no json",
        content_type="application/json",
        headers={"Stripe-Signature": sign("no json")},
    )
    assert (answer.status_code, refusals()) == (400, {"unreadable": 1})


def test_bytes_that_are_no_text_are_refused(client, sandbox):
    answer = client.post(
        "/stripe/webhook/",
        b"\xff\xfe",
        content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=00"},
    )
    assert answer.status_code == 400


def test_replayed_webhook_is_counted_and_changes_nothing_else(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    event = sandbox.event(COMPLETED)
    send(client, event)
    before = everything()[:3], everything()[4]
    assert send(client, event).status_code == 200
    assert (everything()[:3], everything()[4]) == before
    assert StripeEvent.objects.get().deliveries == 2


def test_reading_the_webhook_address_is_refused(client):
    assert client.get("/stripe/webhook/").status_code == 405


def test_nothing_of_the_customer_is_kept_with_an_event(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    event = sandbox.event(COMPLETED)
    event["data"]["object"]["customer_details"] = {"email": "robin@example.org"}
    send(client, event)
    kept = " ".join(map(str, StripeEvent.objects.values_list().get()))
    assert "robin" not in kept


def test_live_events_are_ignored_under_a_test_key(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    send(client, sandbox.event(COMPLETED) | {"livemode": True})
    assert StripeEvent.objects.get().state == EventState.IGNORED
    assert not Order.objects.get().is_fully_paid()


def test_kinds_we_do_not_know_are_kept_and_left(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    assert send(client, sandbox.event("charge.succeeded")).status_code == 200
    assert StripeEvent.objects.get().state == EventState.IGNORED
    assert not Order.objects.get().is_fully_paid()


def test_event_that_fails_is_tried_again(client, sandbox, placed, session):
    sandbox.pay(session.reference)
    sandbox.fault("rate_limit", "GET /v1/checkout/*", times=3)
    assert send(client, sandbox.event(COMPLETED)).status_code == 200
    event = StripeEvent.objects.get()
    assert (event.state, event.last_error) == (EventState.WAITING, "StripeUnavailable")
    assert not Order.objects.get().is_fully_paid()
    StripeEvent.objects.update(next_try_at=event.received_at)
    assert events.publish_waiting_events() == 1
    assert Order.objects.get().is_fully_paid()
    assert StripeEvent.objects.get().state == EventState.DONE


@pytest.mark.parametrize("ending", ["paid", "expired"])
def test_any_order_and_number_of_events_ends_the_same(
    client, sandbox, placed, session, variant, ending
):
    """Every shuffle with repeats of a session's events leaves the same books."""
    sandbox.pay(session.reference, DECLINED)
    if ending == "paid":
        sandbox.pay(session.reference)
    else:
        sandbox.control("expire", id=session.reference)
    mine = [e for e in sandbox.events() if of_session(e, sandbox, session)]
    ends = set()

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(mine), min_size=1, max_size=12), st.permutations(mine))
    def play(some, all_of_them):
        StripeEvent.objects.all().delete()
        for event in [*some, *all_of_them]:
            assert send(client, event).status_code == 200
        ends.add(books(placed.order_id, variant))

    play()
    assert len(ends) == 1
    paid = ending == "paid"
    assert ends == {
        ("unfulfilled" if paid else "canceled", paid, 2 if paid else 0, 2 if paid else 1)
    }


def of_session(event, sandbox, session):
    thing = event["data"]["object"]
    row = next(p for p in sandbox.ledger["payments"] if p["session"] == session.reference)
    return session.reference == thing["id"] or row["payment_intent"] in {
        thing["id"],
        thing.get("payment_intent"),
    }


def books(order_id, variant):
    order = Order.objects.get(pk=order_id)
    assert not Refund.objects.exists()
    rows = Transaction.objects.filter(payment__order=order).count()
    return order.status, order.is_fully_paid(), pieces_held(variant), rows
