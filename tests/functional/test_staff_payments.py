"""What staff see of payments that the shop could not place."""

import pytest
from django.utils import timezone

from plugins.stripe_payments.models import EventState, RefusedWebhook, StripeEvent, UnmatchedPayment
from tests import personas

pytestmark = pytest.mark.django_db

LISTS = "/staff/stripe_payments/"


@pytest.fixture
def seller():
    return personas.staff("order.manage_orders")


def event(name, state):
    now = timezone.now()
    return StripeEvent.objects.create(
        event_id=name, kind="charge.updated", object_id=f"of_{name}", created_at=now,
        next_try_at=now, state=state, attempts=40, last_error="Timeout",
    )  # fmt: skip


def test_an_unmatched_payment_is_shown_with_its_amount(seller):
    UnmatchedPayment.objects.create(intent="pi_1", order_number="77", amount=1250, currency="GBP")
    html = seller.get(f"{LISTS}unmatchedpayment/").content.decode()
    for words in ("pi_1", "77", "£12.50"):
        assert words in html


def test_only_events_that_were_given_up_are_shown(seller):
    for state in EventState.values:
        event(f"evt_{state}", state)
    answer = seller.get(f"{LISTS}stripeevent/")
    assert [row.event_id for row in answer.context["cl"].result_list] == ["evt_dead"]
    waiting = StripeEvent.objects.get(event_id="evt_waiting")
    assert seller.get(f"{LISTS}stripeevent/{waiting.pk}/change/").status_code == 302


def test_refused_messages_are_counted_per_day(seller):
    RefusedWebhook.objects.create(day="2026-11-02", reason="bad_signature", count=31)
    html = seller.get(f"{LISTS}refusedwebhook/").content.decode()
    assert "bad_signature" in html
    assert ">31<" in html


def test_they_are_read_only_even_for_the_owner():
    dead = event("evt_1", EventState.DEAD)
    address = f"{LISTS}stripeevent/{dead.pk}"
    owner = personas.owner()
    assert "_save" not in owner.get(f"{address}/change/").content.decode()
    assert owner.post(f"{address}/change/", {"state": "waiting"}).status_code == 403
    assert owner.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    dead.refresh_from_db()
    assert dead.state == EventState.DEAD
