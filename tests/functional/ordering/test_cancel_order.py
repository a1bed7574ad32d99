"""A cancelled order gives everything back once, and none that is being packed is cancelled."""

from functools import partial

import pytest
from prices import Money
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Fulfillment, Order, OrderEvent
from saleor.payment.models import Payment, Transaction
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import PackingJob
from plugins.fulfilment.packing import is_being_packed, start_packing
from plugins.fulfilment.policies import PackingRefused
from plugins.ordering.attention import flag_order
from plugins.ordering.models import PaymentSession, Refund, SessionStatus
from plugins.ordering.order_state import may_be_cancelled
from plugins.ordering.outcomes import CancelRefused, PaymentUnavailable
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, refund_everything, request_refund
from tests.factories import GiftCardFactory, UserFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events, pieces_free, pieces_held

pytestmark = pytest.mark.django_db(transaction=True)


def started(checkout):
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    return placed


def pay(checkout, amount=None):
    placed = started(checkout)
    session = PaymentSession.objects.get(order_id=placed.order_id)
    record_payment(
        provider="fake",
        reference=session.reference,
        amount=amount or placed.total,
        raw_id=f"ch_{session.reference}",
    )
    return Order.objects.get(pk=placed.order_id)


def cancel(order_id, actor_id=None):
    return cancel_order(order_id=order_id, actor_id=actor_id, reason="Changed my mind.")


def assert_nothing_moved(order, variant, held):
    order.refresh_from_db()
    assert order.status != "canceled"
    assert pieces_held(variant) == held
    assert not Refund.objects.exists()
    assert events(order.pk)["canceled"] == 0


def test_everything_that_a_paid_order_took_comes_back(provider):
    variant = variant_in_stock(3)
    voucher = VoucherFactory(usage_limit=1, apply_once_per_customer=True)
    card = GiftCardFactory()
    order = pay(basket((variant, 2), voucher=voucher, cards=[card]))

    outcome = cancel(order.pk)

    order.refresh_from_db()
    assert (outcome.created, order.status) == (True, "canceled")
    assert [refund.amount for refund in outcome.refunds] == [
        order.total.gross + card.current_balance
    ]
    assert Payment.objects.get().charge_status == "fully-refunded"
    assert (pieces_held(variant), pieces_free(variant)) == (0, 3)
    assert Stock.objects.get(product_variant=variant).quantity == 3
    assert (Voucher.objects.get().used, VoucherCustomer.objects.count()) == (0, 0)
    assert GiftCard.objects.get().current_balance_amount == 20
    assert events(order.pk)["canceled"] == events(order.pk)["payment_refunded"] == 1


def test_the_history_says_who_and_why(provider):
    order, clerk = pay(basket((variant_in_stock(1), 1))), UserFactory()
    cancel(order.pk, actor_id=clerk.pk)
    assert OrderEvent.objects.get(type="canceled").user == clerk
    assert Refund.objects.get().asked_by == clerk
    notes = OrderEvent.objects.filter(type="note_added").values_list("parameters", flat=True)
    assert {"message": "Cancelled: Changed my mind."} in notes


def test_canceling_twice_gives_back_once(provider):
    order = pay(basket((variant_in_stock(1), 1), cards=[GiftCardFactory()]))
    outcomes = [cancel(order.pk), cancel(order.pk)]
    assert [outcome.created for outcome in outcomes] == [True, False]
    assert outcomes[1].refunds == ()
    assert GiftCard.objects.get().current_balance_amount == 20
    assert Transaction.objects.filter(kind="refund").count() == 1


def test_an_unpaid_order_is_released_and_its_page_closed(provider):
    variant = variant_in_stock(2)
    placed = started(basket((variant, 2)))
    outcome = cancel(placed.order_id)
    assert (outcome.created, outcome.refunds) == (True, ())
    assert PaymentSession.objects.get().state == SessionStatus.CANCELED
    assert provider.calls[-1][0] == "close"
    assert pieces_held(variant) == 0


def test_money_that_came_in_unnoticed_goes_back_as_well(provider):
    variant = variant_in_stock(2)
    placed = started(basket((variant, 2)))
    provider.pay_at_provider(PaymentSession.objects.get().reference, placed.total)
    outcome = cancel(placed.order_id)
    assert [refund.amount for refund in outcome.refunds] == [placed.total]
    assert Order.objects.get().status == "canceled"
    assert (pieces_held(variant), Payment.objects.get().captured_amount) == (0, 0)


def test_nothing_is_cancelled_while_the_provider_cannot_say(provider):
    variant = variant_in_stock(2)
    placed = started(basket((variant, 2)))
    provider.is_down = True
    with pytest.raises(PaymentUnavailable):
        cancel(placed.order_id)
    assert_nothing_moved(Order.objects.get(), variant, held=2)


def test_money_of_a_wrong_amount_goes_back_too(provider):
    order = pay(basket((variant_in_stock(1), 1)), amount=Money("1.00", "GBP"))
    outcome = cancel(order.pk)
    assert [refund.amount for refund in outcome.refunds] == [Money("1.00", "GBP")]
    assert Order.objects.get().status == "canceled"


def test_an_order_that_a_gift_card_paid_goes_back_to_it(provider):
    card = GiftCardFactory(initial_balance_amount="100.00", current_balance_amount="100.00")
    started(basket((variant_in_stock(1), 1), cards=[card]))
    order = Order.objects.get()
    assert [refund.amount for refund in cancel(order.pk).refunds] == [Money("52.50", "GBP")]
    assert GiftCard.objects.get().current_balance_amount == 100
    assert Order.objects.get().status == "canceled"


def test_what_was_refunded_before_is_not_refunded_again(provider):
    order = pay(basket((variant_in_stock(3), 2)))
    part = Money("10.00", "GBP")
    request_refund(order_id=order.pk, key="k", reason="x", amount=part)
    assert [refund.amount for refund in cancel(order.pk).refunds] == [order.total.gross - part]
    assert Payment.objects.get().captured_amount == 0


def test_a_refund_that_is_booked_after_canceling_moves_no_stock(provider, monkeypatch):
    variant = variant_in_stock(3)
    order = pay(basket((variant, 2)))
    with monkeypatch.context() as patch:
        patch.setattr("plugins.ordering.refunds._publish", lambda _: None)
        refund_everything(order_id=order.pk, reason="x", restock=True)
    cancel(order.pk)
    from plugins.ordering.refunds import perform_refund

    perform_refund(refund_id=Refund.objects.get().pk)
    assert Stock.objects.get(product_variant=variant).quantity == 3
    assert pieces_free(variant) == 3


@pytest.mark.parametrize(
    ("what", "why"),
    [("packing", "begun to pack"), ("sent", "on its way"), ("dispute", "Your bank")],
)
def test_too_late_is_told_and_changes_nothing(provider, what, why):
    variant = variant_in_stock(2)
    order = pay(basket((variant, 2)))
    if what == "packing":
        start_packing(order_id=order.pk, user=UserFactory())
    elif what == "sent":
        Fulfillment.objects.create(order=order)
    else:
        flag_order(order_id=order.pk, reason="dispute", message="x")
    order.refresh_from_db()
    assert not may_be_cancelled(order).allowed
    with pytest.raises(CancelRefused, match=why):
        cancel(order.pk)
    assert_nothing_moved(order, variant, held=2)


def test_a_fulfillment_that_was_taken_back_does_not_keep_the_order(provider):
    order = pay(basket((variant_in_stock(2), 2)))
    Fulfillment.objects.create(order=order, status="canceled")
    assert may_be_cancelled(order) == (True, "")
    assert cancel(order.pk).created


def test_eight_cancels_at_once_give_back_once(provider):
    variant, card = variant_in_stock(3), GiftCardFactory()
    order = pay(basket((variant, 2), cards=[card]))
    outcomes = at_once(*[partial(cancel, order.pk)] * 8)
    assert sorted(outcome.created for outcome in outcomes) == [False] * 7 + [True]
    assert GiftCard.objects.get().current_balance_amount == 20
    assert (pieces_held(variant), pieces_free(variant)) == (0, 3)
    assert Transaction.objects.filter(kind="refund").count() == 1
    assert Payment.objects.get().captured_amount == 0


def test_cancel_against_packing_has_one_winner(provider):
    variant, clerk = variant_in_stock(20), UserFactory()
    for _ in range(6):
        order = pay(basket((variant, 2)))
        cancelled, packed = at_once(
            partial(cancel, order.pk), partial(start_packing, order_id=order.pk, user=clerk)
        )
        order.refresh_from_db()
        is_packed = is_being_packed(order.pk)
        assert is_packed == isinstance(packed, PackingJob) == isinstance(cancelled, CancelRefused)
        assert (order.status == "canceled") == (not is_packed) == isinstance(packed, PackingRefused)


def test_cancel_against_a_payment_leaves_no_money_and_no_stock_behind(provider):
    variant = variant_in_stock(20)
    for _ in range(6):
        placed = started(basket((variant, 2)))
        session = PaymentSession.objects.get(order_id=placed.order_id)
        provider.pay_at_provider(session.reference, placed.total)
        paid = partial(
            record_payment,
            provider="fake",
            reference=session.reference,
            amount=placed.total,
            raw_id=f"ch_{session.reference}",
        )
        at_once(partial(cancel, placed.order_id), paid)
        assert Order.objects.get(pk=placed.order_id).status == "canceled"
        assert Payment.objects.get(order_id=placed.order_id).captured_amount == 0
        assert pieces_held(variant) == 0


def test_everything_of_two_payments_goes_back_once(provider):
    order = pay(basket((variant_in_stock(3), 2)))
    extra = Payment.objects.create(
        order=order, gateway="fake", token="x", total=5, captured_amount=5, currency="GBP"
    )
    Transaction.objects.create(
        payment=extra, kind="capture", is_success=True, token="ch_2", amount=5, currency="GBP",
        gateway_response={},
    )  # fmt: skip
    ask = partial(refund_everything, order_id=order.pk, reason="x", restock=True)
    answers = at_once(ask, ask)
    assert sorted(len(outcomes) for outcomes in answers) == [0, 1]
    refund = Refund.objects.get()
    assert [row.pieces for row in refund.lines.all()] == [2]
    assert [str(part.amount_value) for part in refund.parts.all()] == ["5.00", "101.50"]
    assert refund.amount_value == order.total_gross_amount + 5
    assert pieces_held(order.lines.get().variant) == 0
