"""A released order gives everything back and leaves the basket ready to order again."""

from decimal import Decimal

import pytest
from prices import Money
from saleor.checkout.models import Checkout
from saleor.discount.models import Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderEvent

from plugins.ordering.ending import CANCELLED_BY_CUSTOMER, NOT_PAID_IN_TIME, release_order
from plugins.ordering.models import PaymentSession, SessionStatus
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from tests.factories import GiftCardFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.reading import events, live_orders, pieces_held

pytestmark = pytest.mark.django_db(transaction=True)


def started(checkout):
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    return placed


def test_stock_voucher_and_gift_cards_come_back(provider):
    variant, other = variant_in_stock(3, 3), variant_in_stock(9)
    voucher = VoucherFactory(usage_limit=1, apply_once_per_customer=True)
    small, big = GiftCardFactory(initial_balance_amount="5"), GiftCardFactory()
    checkout = basket((variant, 5), (other, 1), voucher=voucher, cards=[small, big])
    placed = started(checkout)
    assert placed.total == Money("262.50", "GBP")  # 6 sets, delivery, less 10, 5 and 20
    assert set(GiftCard.objects.values_list("current_balance_amount", flat=True)) == {0}

    outcome = release_order(order_id=placed.order_id, reason=CANCELLED_BY_CUSTOMER)

    assert outcome.state == "released"
    assert (pieces_held(variant), pieces_held(other)) == (0, 0)
    assert Voucher.objects.get().used == 0
    assert VoucherCustomer.objects.count() == 0
    assert GiftCard.objects.get(pk=small.pk).current_balance_amount == 5
    assert GiftCard.objects.get(pk=big.pk).current_balance_amount == 20


def test_card_used_in_part_gets_exactly_its_part_back(provider):
    card = GiftCardFactory(initial_balance_amount="100.00", current_balance_amount="70.00")
    placed = started(basket((variant_in_stock(3), 1), cards=[card]))
    assert placed.total == Money("0.00", "GBP")
    # A zero total was completed by start_payment: it cannot be released any more.
    assert release_order(order_id=placed.order_id, reason="x").state == "paid"
    assert GiftCard.objects.get().current_balance_amount == Decimal("17.50")


def test_unpaid_card_part_comes_back(provider):
    card = GiftCardFactory(initial_balance_amount="100.00", current_balance_amount="70.00")
    placed = place_order(checkout_token=basket((variant_in_stock(3), 1), cards=[card]).pk)
    assert GiftCard.objects.get().current_balance_amount == Decimal("17.50")
    assert release_order(order_id=placed.order_id, reason="x").state == "released"
    assert GiftCard.objects.get().current_balance_amount == Decimal("70.00")


def test_basket_is_kept_and_can_be_ordered_again_with_its_codes(provider):
    voucher = VoucherFactory(usage_limit=1, apply_once_per_customer=True)
    card = GiftCardFactory()
    checkout = basket((variant_in_stock(1), 1), voucher=voucher, cards=[card])
    first = started(checkout)
    release_order(order_id=first.order_id, reason=CANCELLED_BY_CUSTOMER)
    assert Checkout.objects.filter(pk=checkout.pk).exists()
    second = place_order(checkout_token=checkout.pk)
    assert second.created
    assert second.total == first.total == Money("22.50", "GBP")
    assert [order.pk for order in live_orders()] == [second.order_id]


def test_order_says_why_and_forgets_the_basket(provider):
    checkout = basket((variant_in_stock(1), 1))
    placed = started(checkout)
    release_order(order_id=placed.order_id, reason=NOT_PAID_IN_TIME)
    order = Order.objects.get()
    assert (order.status, order.checkout_token) == ("canceled", "")
    assert order.private_metadata["checkout_token"] == str(checkout.pk)
    assert events(order.pk) == {"placed": 1, "canceled": 1, "note_added": 1, "email_sent": 1}
    note = OrderEvent.objects.get(type="note_added")
    assert note.parameters == {"message": "Released: Not paid in time."}
    assert PaymentSession.objects.get().state == SessionStatus.EXPIRED


def test_provider_is_closed_first(provider):
    placed = started(basket((variant_in_stock(1), 1)))
    release_order(order_id=placed.order_id, reason=CANCELLED_BY_CUSTOMER)
    assert [what for what, _ in provider.calls] == ["open", "close"]
    assert PaymentSession.objects.get().state == SessionStatus.CANCELED


def test_release_twice_gives_back_once(provider):
    card = GiftCardFactory()
    placed = started(basket((variant_in_stock(1), 1), cards=[card]))
    release_order(order_id=placed.order_id, reason="x")
    assert release_order(order_id=placed.order_id, reason="x").state == "already_released"
    assert GiftCard.objects.get().current_balance_amount == 20
    assert events(placed.order_id)["canceled"] == 1


def test_customer_who_paid_unnoticed_keeps_the_order(provider):
    variant = variant_in_stock(1)
    placed = started(basket((variant, 1)))
    provider.pay_at_provider(PaymentSession.objects.get().reference, placed.total)
    assert release_order(order_id=placed.order_id, reason=NOT_PAID_IN_TIME).state == "paid"
    assert Order.objects.get().is_fully_paid()
    assert pieces_held(variant) == 1
    assert events(placed.order_id)["order_fully_paid"] == 1


def test_unreachable_provider_keeps_the_stock_held(provider):
    variant = variant_in_stock(1)
    placed = started(basket((variant, 1)))
    provider.is_down = True
    assert release_order(order_id=placed.order_id, reason=NOT_PAID_IN_TIME).state == "kept"
    assert pieces_held(variant) == 1
    assert PaymentSession.objects.get().state == SessionStatus.OPEN


def test_session_opened_while_releasing_is_closed_too(provider):
    """The first look finds nothing to close; by the time of the lock a page is open."""
    placed = place_order(checkout_token=basket((variant_in_stock(1), 1)).pk)
    from plugins.ordering import ending as module

    seen = module.close_session

    def close_then_open(session):
        state = seen(session)
        if not session.reference:
            start_payment(order_id=placed.order_id)
        return state

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "close_session", close_then_open)
        outcome = release_order(order_id=placed.order_id, reason="x")
    assert outcome.state == "released"
    assert [what for what, _ in provider.calls] == ["open", "close"]
    assert {state.state for state in provider.sessions.values()} == {"closed"}
