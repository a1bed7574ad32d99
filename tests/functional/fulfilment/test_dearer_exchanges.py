"""Another size that costs more, or less: its difference is paid, given back or not asked for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from saleor.order.models import Order

from plugins.fulfilment.exchanges import swaps_now
from plugins.fulfilment.models import Return, ReturnLine
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.policies import FulfilRefused
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import close_settled_returns, record_return
from plugins.inventory.ledger import check_ledger
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.ending import CANCELLED_BY_CUSTOMER, release_order, release_unpaid_orders
from plugins.ordering.models import OrderFlag, PaymentSession, PieceState, Refund
from plugins.ordering.order_state import is_paid
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.refund_lines import lines_left
from plugins.ordering.refunds import cancel_order, request_refund
from plugins.ordering.totals import totals_of_order
from storefront.orders import order_state
from tests.functional.fulfilment.exchanging import come_back, sent_order, size
from tests.functional.ordering.reading import pieces_held
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(small, clerk, provider):
    return sent_order(small, clerk)


def agreed(order, variant, clerk, count=1):
    """Return the replacement that sends `variant` for pieces that came back."""
    about = come_back(order, variant, clerk, count)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    close_settled_returns(order_id=order.pk, actor_id=clerk.pk)
    return replacement


def pay(replacement):
    """Pay what the replacement costs, as the payment provider reports it."""
    assert start_payment(order_id=replacement.pk).url
    session = PaymentSession.objects.get(order=replacement)
    record_payment(
        provider="fake", reference=session.reference, amount=session.amount, raw_id="ch_difference"
    )
    replacement.refresh_from_db()


def expire(replacement):
    PaymentSession.objects.filter(order=replacement).update(expires_at=timezone.now())
    assert release_unpaid_orders() == 1
    replacement.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_dearer_size_costs_the_difference_and_is_held_until_it_is_paid(order, dearer, clerk):
    replacement = agreed(order, dearer, clerk, 2)
    assert (replacement.total_gross_amount, replacement.discount_amount) == (6, 28)
    assert totals_of_order(replacement).due == replacement.total_gross
    assert (replacement.discount_name, pieces_held(dearer)) == ("For what you sent back", 2)
    session = PaymentSession.objects.get(order=replacement)
    assert session.amount_value == 6
    assert timedelta(hours=22) < session.expires_at - timezone.now() < timedelta(hours=24)
    with pytest.raises(FulfilRefused, match="not paid"):
        fulfil(order_id=replacement.pk, pieces={replacement.lines.get().pk: 2}, actor_id=clerk.pk)
    assert lines_left(order)[order.lines.get().pk].count == 0
    assert Return.objects.get().state == "inspected"
    pay(replacement)
    assert is_paid(replacement)
    assert Return.objects.get().state == "closed"
    emails = OutgoingEmail.objects.filter(order=replacement).order_by("pk")
    assert [email.kind for email in emails] == ["exchange_agreed", "order_confirmed"]
    fulfil(order_id=replacement.pk, pieces={replacement.lines.get().pk: 2}, actor_id=clerk.pk)
    assert check_ledger().differences == ()


@pytest.mark.django_db(transaction=True)
def test_a_difference_that_is_not_paid_gives_the_pieces_free_and_can_be_refunded(
    order, dearer, clerk
):
    replacement = agreed(order, dearer, clerk)
    expire(replacement)
    about, line = Return.objects.get(), order.lines.get().pk
    assert (replacement.status, about.state, pieces_held(dearer)) == ("canceled", "inspected", 0)
    assert OutgoingEmail.objects.filter(order=replacement, kind="exchange_ended").exists()
    assert not OrderFlag.objects.exists()
    assert about.lines.get().exchanged == 0
    assert [swap.pieces for swap in swaps_now(order)] == [1]
    request_refund(
        order_id=order.pk, key="r", reason="Returned", lines={line: 1},
        which={line: PieceState.RETURNED},
    )  # fmt: skip
    assert Refund.objects.get(key="r").amount_value == 14
    assert close_settled_returns(order_id=order.pk, actor_id=clerk.pk)
    assert check_ledger().differences == ()


@pytest.mark.django_db(transaction=True)
def test_it_is_agreed_again_after_nobody_paid(order, dearer, clerk):
    expire(agreed(order, dearer, clerk))
    again = agree_exchange(return_id=Return.objects.get().pk, actor_id=clerk.pk)
    pay(again)
    assert Return.objects.get().replacement == again
    assert [refund.state for refund in order.refunds.all()] == ["failed", "succeeded"]
    assert Return.objects.get().state == "closed"


@pytest.mark.django_db(transaction=True)
def test_whoever_wants_the_money_instead_ends_the_exchange(order, dearer, clerk):
    replacement = agreed(order, dearer, clerk)
    release_order(order_id=replacement.pk, reason=CANCELLED_BY_CUSTOMER)
    assert swaps_now(order) == []
    assert ReturnLine.objects.get().wanted is None
    assert lines_left(order)[order.lines.get().pk].pieces[PieceState.RETURNED] == 1


@pytest.mark.django_db(transaction=True)
def test_a_paid_difference_is_refunded_with_a_cancelled_replacement_and_staff_told(
    order, dearer, clerk
):
    replacement = agreed(order, dearer, clerk)
    pay(replacement)
    cancel_order(order_id=replacement.pk, actor_id=clerk.pk, reason="Out of stock")
    assert Refund.objects.get(order=replacement).amount_value == 3
    flag = OrderFlag.objects.get()
    assert (flag.order, flag.reason) == (order, "replacement_ended")
    assert "14.00 GBP" in flag.message
    assert order_state(Order.objects.get(pk=order.pk)) == "sent"
    assert lines_left(order)[order.lines.get().pk].pieces[PieceState.RETURNED] == 1


@pytest.mark.django_db(transaction=True)
def test_money_of_a_cheaper_replacement_that_ends_or_comes_back_is_told(order, cheaper, clerk):
    replacement = agreed(order, cheaper, clerk)
    cancel_order(order_id=replacement.pk, actor_id=clerk.pk, reason="Out of stock")
    assert "12.00 GBP" in OrderFlag.objects.get(order=order, settled_at=None).message
    other = sent_order(order.lines.get().variant, clerk)
    second = agreed(other, cheaper, clerk)
    lines = {second.lines.get().pk: 1}
    fulfil(order_id=second.pk, pieces=lines, actor_id=clerk.pk)
    record_return(order_id=second.pk, pieces=lines, sealed=True, sound=True, actor_id=clerk.pk)
    flag = OrderFlag.objects.get(order=other)
    assert flag.message.startswith(
        f"Pieces of its replacement, order {second.pk}, came back. 12.00"
    )


def test_so_little_that_nobody_can_charge_it_is_not_asked_for(order, small, clerk):
    replacement = agreed(order, size(small, "Size 3", "14.05", 5), clerk)
    assert (replacement.total_gross_amount, is_paid(replacement)) == (0, True)


def test_a_promo_code_makes_the_dearer_difference_smaller_by_the_same_share(clerk, small, dearer):
    order = builders.order(paid=True, total="12.60", discount_amount=Decimal("1.40"))
    line = builders.line(order, small, 1)
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    assert agreed(order, dearer, clerk).total_gross_amount == Decimal("2.70")
