"""Refunds and disputes, as staff ask for them and as Stripe tells of them."""

import pytest
from django.core import mail
from prices import Money
from saleor.order.models import Order, OrderEvent
from saleor.payment.models import Payment, Transaction

from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.ending import close_order
from plugins.ordering.models import Dispute, DisputeState, PaymentSession, Refund, RefundPart
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.refund_plans import refundable_amount
from plugins.ordering.refunds import perform_refund, perform_waiting_refunds, request_refund
from plugins.stripe_payments import events
from plugins.stripe_payments.client import get_stripe
from plugins.stripe_payments.events import process_event
from plugins.stripe_payments.models import StripeEvent, UnmatchedPayment
from tests.factories import UserFactory
from tests.functional.ordering.reading import pieces_held
from tests.functional.stripe.sandbox import CARD, DISPUTED, REFUND_FAILS, REFUND_PENDS, send

pytestmark = pytest.mark.django_db(transaction=True)
COMPLETED = "checkout.session.completed"


@pytest.fixture
def paid(client, sandbox, placed, session):
    """A function that pays the order with a card and returns the order."""

    def pay(number=CARD):
        sandbox.pay(session.reference, number)
        send(client, sandbox.event(COMPLETED))
        return Order.objects.get()

    return pay


def ask(order, **details):
    return request_refund(order_id=order.pk, **{"key": "r1", "reason": "Arrived late", **details})


def at_stripe(sandbox, session):
    (row,) = [p for p in sandbox.ledger["payments"] if p["session"] == session.reference]
    return row["refunded"]


def test_full_refund(sandbox, paid, session, variant):
    order = paid()
    ask(order)
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.reason) == (
        "succeeded",
        order.total.gross,
        "Arrived late",
    )
    assert at_stripe(sandbox, session) == 10150
    payment = Payment.objects.get()
    assert (payment.captured_amount, payment.charge_status) == (0, "fully-refunded")
    assert list(kinds()) == [("capture", True, 101.50), ("refund", True, 101.50)]
    assert OrderEvent.objects.filter(type="payment_refunded").count() == 1
    assert pieces_held(variant) == 0  # nothing of it is sent any more
    assert Order.objects.get().status == "canceled"


def test_customer_is_told_of_each_refund_once_and_not_of_staffs_reason(sandbox, paid):
    order = paid()
    mail.outbox.clear()
    ask(order, key="a", amount=Money("40.00", "GBP"), reason="Staff only")
    ask(order, key="a", amount=Money("40.00", "GBP"))
    events.reconcile()
    (message,) = mail.outbox
    html = message.alternatives[0][0]
    assert message.subject == f"Refund for your Stillwater order {order.pk}"
    for text in (message.body, html):
        assert "£40.00" in text
        assert "/orders/open/" in text
        assert order.token not in text
        assert "Staff only" not in text
        assert order.lines.get().product_name not in text


def kinds():
    return Transaction.objects.order_by("pk").values_list("kind", "is_success", "amount")


def test_refund_in_parts_and_never_more_than_came_in(sandbox, paid, session):
    order = paid()
    ask(order, key="a", amount=Money("40.00", "GBP"))
    ask(order, key="b", amount=Money("61.00", "GBP"))
    with pytest.raises(RefundRefused, match=r"only 0.50 GBP of the payment is left"):
        ask(order, key="c", amount=Money("0.51", "GBP"))
    assert at_stripe(sandbox, session) == 10100
    payment = Payment.objects.get()
    assert (payment.captured_amount, payment.charge_status) == (0.5, "partially-refunded")


def test_same_key_asks_once(sandbox, paid, session):
    order = paid()
    first = ask(order, amount=Money("10.00", "GBP"))
    second = ask(order, amount=Money("10.00", "GBP"))
    assert (first.refund_id, second.created) == (second.refund_id, False)
    assert at_stripe(sandbox, session) == 1000


def test_refund_by_line_restocks_only_when_told(sandbox, paid, session, variant):
    order = paid()
    line = order.lines.get()
    ask(order, key="a", lines={line.pk: 1})
    assert (at_stripe(sandbox, session), pieces_held(variant)) == (4900, 1)
    ask(order, key="b", lines={line.pk: 1}, restock=True)
    assert (at_stripe(sandbox, session), pieces_held(variant)) == (9800, 0)
    with pytest.raises(RefundRefused, match="only 0 of 2 pieces are not refunded yet"):
        ask(order, key="c", lines={line.pk: 1})


def test_refund_of_unknown_outcome_is_looked_up_and_made_once(sandbox, paid, session):
    order = paid()
    sandbox.fault("error_500_after", "POST /v1/refunds")
    ask_without_worker(order)
    refund = Refund.objects.get()
    with pytest.raises(Exception, match="APIError"):
        perform_refund(refund_id=refund.pk)
    assert Refund.objects.get().state == "asked"
    Refund.objects.update(created_at="2020-01-01T00:00Z")
    assert perform_waiting_refunds() == 1
    assert Refund.objects.get().state == "succeeded"
    assert at_stripe(sandbox, session) == 10150
    assert OrderEvent.objects.filter(type="payment_refunded").count() == 1


def ask_without_worker(order):
    """Ask while the broker is down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("plugins.ordering.refunds._publish", lambda _: None)
        ask(order)


def test_webhook_and_worker_book_a_refund_once(client, sandbox, paid, session):
    order = paid()
    ask(order)
    for _ in range(2):
        StripeEvent.objects.all().delete()
        send(client, sandbox.event("refund.created"))
    events.reconcile()
    assert len(kinds()) == 2
    assert OrderEvent.objects.filter(type="payment_refunded").count() == 1


def test_refund_made_at_stripe_by_hand_is_booked_once(client, sandbox, paid, session):
    paid()
    by_hand(session, 1000)
    for _ in range(2):
        StripeEvent.objects.all().delete()
        send(client, sandbox.event("refund.created"))
    events.reconcile()
    refund = Refund.objects.get()
    assert (refund.amount_value, refund.reason) == (10, "Made at the payment provider.")
    assert Payment.objects.get().captured_amount == 91.5


def by_hand(session, amount):
    stripe = get_stripe()
    intent = stripe.get_session(session.reference).intent
    stripe.sdk.v1.refunds.create({"payment_intent": intent, "amount": amount})


def test_refund_that_fails_later_leaves_the_books_and_is_flagged(client, sandbox, paid, session):
    order = paid(REFUND_FAILS)
    ask(order)
    assert Payment.objects.get().captured_amount == 0
    sandbox.control("refund", id=RefundPart.objects.get().reference)
    for kind in ("refund.failed", "refund.updated", "refund.created"):
        send(client, sandbox.event(kind))
    payment = Payment.objects.get()
    assert Refund.objects.get().state == "failed"
    assert (payment.captured_amount, payment.charge_status) == (101.5, "fully-charged")
    assert attention_reasons(Order.objects.get()) == ["refund_failed"]


def test_refund_on_its_way_is_booked_and_later_confirmed(client, sandbox, paid, session):
    ask(paid(REFUND_PENDS))
    assert (Refund.objects.get().state, Payment.objects.get().captured_amount) == ("pending", 0)
    sandbox.control("refund", id=RefundPart.objects.get().reference)
    send(client, sandbox.event("refund.updated"))
    assert (Refund.objects.get().state, len(kinds())) == ("succeeded", 2)


def test_nothing_to_refund_on_an_unpaid_order(placed):
    with pytest.raises(RefundRefused, match="no payment"):
        ask(Order.objects.get())


def test_dispute_flags_the_order_until_it_is_won(client, sandbox, paid, session):
    order = paid(DISPUTED)
    opened = sandbox.event("charge.dispute.created")
    send(client, opened)
    assert attention_reasons(Order.objects.get()) == ["dispute"]
    sandbox.control("dispute", id=opened["data"]["object"]["id"], outcome="won")
    send(client, sandbox.event("charge.dispute.closed"))
    assert not attention_reasons(Order.objects.get())
    notes = OrderEvent.objects.filter(order=order, type="note_added")
    assert "A dispute about 101.50 GBP was opened (fraudulent). See Stripe." in [
        note.parameters["message"] for note in notes
    ]


def test_dispute_that_comes_before_the_payment_is_known_flags_its_order(client, sandbox, session):
    sandbox.pay(session.reference, DISPUTED)
    send(client, sandbox.event("charge.dispute.created"))
    order = Order.objects.get()
    assert order.is_fully_paid()
    assert attention_reasons(order) == ["dispute"]
    send(client, sandbox.event(COMPLETED))
    assert Transaction.objects.filter(is_success=True).count() == 1


def test_dispute_waits_while_stripe_cannot_say_what_it_is_about(client, sandbox, session):
    sandbox.pay(session.reference, DISPUTED)
    sandbox.fault("rate_limit", "GET /v1/checkout/*", times=3)
    send(client, sandbox.event("charge.dispute.created"))
    event = StripeEvent.objects.get(kind="charge.dispute.created")
    assert (event.state, event.attempts) == ("waiting", 1)
    StripeEvent.objects.update(next_try_at=event.received_at)
    process_event(event_id=event.pk)
    assert attention_reasons(Order.objects.get()) == ["dispute"]


def test_dispute_of_a_payment_that_is_not_ours_is_told_once(client, sandbox, session, settings):
    settings.STAFF_EMAILS = ["desk@example.org"]
    sandbox.pay(session.reference, DISPUTED)
    PaymentSession.objects.all().delete()
    Order.objects.update(token="somebody-elses")
    for _ in range(2):
        StripeEvent.objects.all().delete()
        send(client, sandbox.event("charge.dispute.created"))
    assert UnmatchedPayment.objects.count() == 1
    emails = OutgoingEmail.objects.filter(kind="payment_attention", dedup_key__contains="dispute")
    assert emails.count() == 1
    assert StripeEvent.objects.get().state == "done"


def test_dispute_that_is_won_on_appeal_is_no_longer_flagged(client, sandbox, paid):
    paid(DISPUTED)
    dispute = sandbox.event("charge.dispute.created")["data"]["object"]["id"]
    for status, event in (
        ("lost", "closed"), ("appeal_needs_response", "updated"), ("appeal_under_review", "updated"),
    ):  # fmt: skip
        sandbox.control("dispute", id=dispute, outcome=status)
        send(client, sandbox.event(f"charge.dispute.{event}"))
        assert attention_reasons(Order.objects.get()) == ["dispute_lost"]
    sandbox.control("dispute", id=dispute, outcome="won")
    send(client, sandbox.event("charge.dispute.closed"))
    assert attention_reasons(Order.objects.get()) == []
    assert Dispute.objects.get().state == DisputeState.WON


def test_lost_dispute_stays_flagged(client, sandbox, paid):
    paid(DISPUTED)
    opened = sandbox.event("charge.dispute.created")
    sandbox.control("dispute", id=opened["data"]["object"]["id"], outcome="lost")
    for event in (sandbox.event("charge.dispute.closed"), opened):
        send(client, event)
    assert attention_reasons(Order.objects.get()) == ["dispute_lost"]


def test_refund_of_a_disputed_payment_is_refused_and_flagged(client, sandbox, paid):
    order = paid(DISPUTED)
    ask(order)
    assert Refund.objects.get().state == "failed"
    assert Payment.objects.get().captured_amount == 101.5
    assert attention_reasons(Order.objects.get()) == ["refund_failed"]


def test_disputed_money_is_not_ours_until_the_dispute_is_won(client, sandbox, paid):
    order = paid(DISPUTED)
    opened = sandbox.event("charge.dispute.created")
    send(client, opened)
    assert refundable_amount(order).amount == 0
    with pytest.raises(RefundRefused, match="bank is looking into the payment"):
        ask(Order.objects.get())
    assert not Refund.objects.exists()
    sandbox.control("dispute", id=opened["data"]["object"]["id"], outcome="won")
    send(client, sandbox.event("charge.dispute.closed"))
    assert refundable_amount(order) == order.total.gross
    assert Dispute.objects.get().state == "won"


def test_a_lost_dispute_of_an_unsent_order_is_closed_by_staff(client, sandbox, paid, variant):
    order = paid(DISPUTED)
    opened = sandbox.event("charge.dispute.created")
    sandbox.control("dispute", id=opened["data"]["object"]["id"], outcome="lost")
    send(client, sandbox.event("charge.dispute.closed"))
    clerk = UserFactory(is_staff=True)
    close_order(order_id=order.pk, reason="The bank has it", actor_id=clerk.pk)
    order = Order.objects.get()
    assert (order.status, pieces_held(variant)) == ("canceled", 0)
    assert not attention_reasons(order)
    assert refundable_amount(order).amount == 0
    with pytest.raises(RefundRefused):
        ask(order)


def test_all_of_it_refunded_at_stripe_by_hand_is_for_staff_to_close(
    client, sandbox, paid, session, variant
):
    order = paid()
    by_hand(session, 10150)
    send(client, sandbox.event("refund.created"))
    assert attention_reasons(Order.objects.get()) == ["refunded_not_closed"]
    assert pieces_held(variant) == 2
    close_order(order_id=order.pk, reason="x", actor_id=UserFactory(is_staff=True).pk)
    order = Order.objects.get()
    assert (order.status, pieces_held(variant)) == ("canceled", 0)
