"""Money is written down once, and pays the order only if it fits."""

from functools import partial

import pytest
from django.core import mail
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order, OrderEvent
from saleor.payment.models import Payment, Transaction

from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.attention import is_unneeded_payment
from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.order_state import attention_reasons, is_paid
from plugins.ordering.outcomes import PaymentBeingChecked, PaymentOutcome, UnknownPayment
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.payment_recording import record_payment, record_payment_failure
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import request_refund
from plugins.ordering.signals import payment_needs_attention
from tests.factories import AddressFactory, UserFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events, pieces_held
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def variant():
    return variant_in_stock(9)


@pytest.fixture
def checkout(variant):
    return basket((variant, 1))


@pytest.fixture
def placed(provider, checkout):
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    return placed


def record(amount, raw_id="ch_1"):
    session = PaymentSession.objects.order_by("pk").first()
    return record_payment(
        provider="fake", reference=session.reference, amount=amount, raw_id=raw_id
    )


def test_right_amount_pays_the_order(placed):
    assert record(placed.total) == PaymentOutcome(placed.order_id, placed.order_token, "paid")
    order, payment = Order.objects.get(), Payment.objects.get()
    assert order.is_fully_paid()
    assert list(Order.objects.ready_to_fulfill()) == [order]
    assert (payment.charge_status, payment.captured_amount) == ("fully-charged", 52.5)
    transaction = payment.transactions.get()
    assert (transaction.token, transaction.kind, transaction.is_success) == (
        "ch_1",
        "capture",
        True,
    )
    assert transaction.amount == 52.5
    assert PaymentSession.objects.get().state == SessionStatus.PAID
    assert events(order.pk) == {
        "placed": 1,
        "payment_captured": 1,
        "order_fully_paid": 1,
        "email_sent": 1,
    }


def test_payment_row_names_no_customer(placed):
    record(placed.total)
    payment = Payment.objects.get()
    assert (payment.billing_email, payment.billing_last_name, payment.billing_city) == ("", "", "")


def test_basket_and_its_addresses_are_gone_once_paid(placed, checkout):
    record(placed.total)
    assert Checkout.objects.count() == 0
    kept = {checkout.billing_address_id, checkout.shipping_address_id}
    assert not Address.objects.filter(pk__in=kept).exists()
    order = Order.objects.get()
    assert order.shipping_address.city == order.billing_address.city == "LEWES"


def test_address_book_of_a_customer_survives(provider, variant):
    user = UserFactory()
    address = AddressFactory()
    user.addresses.add(address)
    checkout = basket((variant, 1), user=user, shipping_address=address, billing_address=address)
    placed = place_order(checkout_token=checkout.pk, user_id=user.pk)
    start_payment(order_id=placed.order_id)
    record(placed.total)
    assert address in user.addresses.all()


def test_late_retry_of_the_basket_finds_the_paid_order(placed, checkout):
    record(placed.total)
    again = place_order(checkout_token=checkout.pk)
    assert (again.order_id, again.created) == (placed.order_id, False)
    assert start_payment(order_id=placed.order_id).url is None


def test_twenty_reports_of_one_charge_count_once(placed):
    results = at_once(*[partial(record, placed.total)] * 20)
    assert sorted(result.state for result in results) == ["already_paid"] * 19 + ["paid"]
    assert Payment.objects.get().captured_amount == 52.5
    assert Transaction.objects.count() == 1
    assert events(placed.order_id)["order_fully_paid"] == 1
    assert OutgoingEmail.objects.count() == 1
    assert len(mail.outbox) == 1


def test_two_charges_at_once_pay_once_and_the_other_is_flagged(placed):
    results = at_once(partial(record, placed.total, "ch_1"), partial(record, placed.total, "ch_2"))
    assert sorted(result.state for result in results) == ["needs_attention", "paid"]
    assert Transaction.objects.filter(is_success=True).count() == 2
    assert attention_reasons(Order.objects.get()) == ["paid_twice"]
    assert events(placed.order_id)["order_fully_paid"] == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (Money("52.49", "GBP"), "wrong_amount"),
        (Money("520.00", "GBP"), "wrong_amount"),
        (Money("52.50", "EUR"), "wrong_currency"),
    ],
)
def test_money_that_does_not_fit_is_kept_in_sight_but_pays_nothing(
    placed, variant, checkout, amount, reason
):
    assert record(amount).state == "needs_attention"
    order = Order.objects.get()
    assert attention_reasons(order) == [reason]
    assert not order.is_fully_paid()
    assert list(Order.objects.ready_to_fulfill()) == []
    written = Transaction.objects.get()
    assert (written.amount, written.currency) == (amount.amount, amount.currency)
    assert events(order.pk) == {"placed": 1, "note_added": 1}
    assert Checkout.objects.filter(pk=checkout.pk).exists()
    assert pieces_held(variant) == 1
    assert mail.outbox == []


def test_customer_is_not_asked_again_while_money_is_checked(placed):
    record(Money("1.00", "GBP"))
    with pytest.raises(PaymentBeingChecked):
        start_payment(order_id=placed.order_id)
    assert release_order(order_id=placed.order_id, reason="x").state == "kept"


def test_payment_for_a_released_order_is_kept_in_sight_and_nothing_ships(placed, variant, checkout):
    release_order(order_id=placed.order_id, reason="x")
    assert record(placed.total).state == "needs_attention"
    order = Order.objects.get()
    assert order.status == "canceled"
    assert attention_reasons(order) == ["paid_after_release"]
    assert Payment.objects.get().captured_amount == 52.5
    assert Transaction.objects.get().is_success
    assert list(Order.objects.ready_to_fulfill()) == []
    assert pieces_held(variant) == 0
    assert Checkout.objects.filter(pk=checkout.pk).exists()
    assert "order_fully_paid" not in events(order.pk)
    assert [message.subject for message in mail.outbox] == [
        f"Your Stillwater order {order.pk} is cancelled"
    ]


def test_money_of_any_amount_for_a_released_order_is_given_back(placed):
    release_order(order_id=placed.order_id, reason="x")
    assert record(Money("1.00", "EUR")).state == "needs_attention"
    assert is_unneeded_payment(order_id=placed.order_id, raw_id="ch_1")
    assert Payment.objects.get().captured_amount == 0  # it is not in the order's currency
    note = OrderEvent.objects.filter(type="note_added").last()
    assert "It goes back by itself." in note.parameters["message"]


@pytest.mark.parametrize("outcome", ["succeeded", "failed"])
def test_wrong_money_that_went_back_does_not_pay_the_order(placed, outcome):
    record(Money("1.00", "GBP"))
    asked = request_refund(order_id=placed.order_id, key="k", reason="x")
    record_refund(refund_id=asked.refund_id, state=RefundState(outcome, "re_1"))
    assert not is_paid(Order.objects.get())
    payment = Payment.objects.get()
    assert (payment.captured_amount, payment.charge_status) == (0, "not-charged")


def test_staff_are_told_once_per_trouble(placed):
    told = []
    receiver = lambda **news: told.append((news["order_id"], news["reason"], news["dedup_key"]))  # noqa: E731
    payment_needs_attention.connect(receiver, weak=False)
    try:
        record(Money("1.00", "GBP"))
        record(Money("1.00", "GBP"))
        record(Money("2.00", "GBP"), "ch_2")
    finally:
        payment_needs_attention.disconnect(receiver)
    assert [news[:2] for news in told] == [(placed.order_id, "wrong_amount")] * 2
    assert len({dedup_key for _, _, dedup_key in told}) == 2


def test_declined_try_leaves_everything_open(placed, checkout):
    session = PaymentSession.objects.get()
    for _ in range(2):
        record_payment_failure(provider="fake", reference=session.reference, raw_id="try_1")
    assert Transaction.objects.get().is_success is False
    assert Payment.objects.get().charge_status == "not-charged"
    assert events(placed.order_id) == {"placed": 1, "payment_failed": 1}
    assert PaymentSession.objects.get().state == SessionStatus.OPEN
    assert Checkout.objects.filter(pk=checkout.pk).exists()
    assert record(placed.total).state == "paid"
    assert Payment.objects.count() == 1


def test_unknown_reference(provider):
    with pytest.raises(UnknownPayment):
        record_payment(provider="fake", reference="", amount=Money(1, "GBP"), raw_id="x")
    with pytest.raises(UnknownPayment):
        record_payment_failure(provider="fake", reference="nothing", raw_id="x")
