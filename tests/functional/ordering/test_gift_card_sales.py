"""Gift cards for sale: paid once, issued once, refunded as far as unspent, and in the books."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.db.models import Sum
from django.db.utils import IntegrityError
from django.utils import timezone
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from dashboard.selectors import reports
from dashboard.selectors.books import Period
from plugins.ordering.attention import record_dispute
from plugins.ordering.ending import NOT_PAID_IN_TIME, release_order
from plugins.ordering.gift_cards import (
    GiftCardRefused,
    GiftCardWish,
    place_gift_card,
    refund_unused_card,
    signed_wish,
)
from plugins.ordering.models import DisputeState, GiftCardMove, GiftCardSale, PaymentSession
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import OrdersPaused, PlacedOrder, PromoNotApplicable, RefundRefused
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refund_booking import record_external_refund
from plugins.ordering.refunds import request_refund
from plugins.ordering.sold_cards import gift_card_books
from plugins.taxes.models import Invoice, OrderTax
from product_content.models import ShopSettings
from tests.factories import GiftCardFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import events

pytestmark = pytest.mark.django_db(transaction=True)
FIFTY = Money("50.00", "GBP")


def wish(key="k" * 32, **fields):
    usual = {"amount": "50.00", "currency": "GBP", "kind": "print", "email": "robin@example.org"}
    return signed_wish(GiftCardWish(**usual | {"key": key} | fields))


def placed_card(**fields):
    return place_gift_card(shown=wish(**fields))


def paying(order_id, raw_id="ch_1", amount=FIFTY):
    start_payment(order_id=order_id)
    session = PaymentSession.objects.filter(order_id=order_id).last()
    return partial(
        record_payment,
        provider="fake",
        reference=session.reference,
        amount=amount,
        raw_id=raw_id,
    )


@pytest.fixture
def sold(provider):
    """A card over 50.00 that is paid."""
    placed = placed_card()
    paying(placed.order_id)()
    return GiftCardSale.objects.select_related("card", "order").get()


def spend(card, pieces=1):
    """Return a basket at 52.50 (49.00 and the delivery) for each piece, with this card."""
    return basket((variant_in_stock(9), pieces), cards=[card])


def refund(sale, amount=None, key="r"):
    money = None if amount is None else Money(amount, "GBP")
    return request_refund(order_id=sale.order_id, key=key, reason="x", amount=money)


def balance(sale):
    card = GiftCard.objects.get(pk=sale.card_id)
    return card.current_balance_amount, card.is_active


def books():
    """Return issued, redeemed, refunded and outstanding of sold cards up to today."""
    found = [row for row in gift_card_books(timezone.localdate()) if row.sold]
    return [(r.issued, r.redeemed, r.refunded, r.outstanding) for r in found]


def test_card_is_issued_by_the_payment_and_not_before(provider):
    placed = placed_card()
    assert GiftCard.objects.count() == 0
    order = Order.objects.get(pk=placed.order_id)
    line = order.lines.get()
    assert (order.total_gross_amount, order.total_net_amount) == (50, 50)
    assert (line.product_name, line.quantity, line.is_shipping_required) == ("Gift card", 1, False)
    assert (order.shipping_address, order.billing_address, order.checkout_token) == (None, None, "")
    assert paying(placed.order_id)().state == "paid"
    card = GiftCard.objects.get()
    assert (card.initial_balance_amount, card.current_balance_amount) == (50, 50)
    assert len(card.code) == 16
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert OrderTax.objects.count() == 0
    assert Invoice.objects.get(order=order).content["tax"] == "0.00"
    notes = str(list(order.events.values_list("parameters", flat=True)))
    assert card.code not in notes


def test_twenty_presses_of_one_form_make_one_order(provider):
    results = at_once(*[placed_card] * 20)
    assert {type(each) for each in results} == {PlacedOrder}
    assert len({each.order_id for each in results}) == 1
    assert sorted(each.created for each in results) == [False] * 19 + [True]
    assert (Order.objects.count(), GiftCardSale.objects.count()) == (1, 1)


def test_webhook_delivered_by_ten_workers_at_once_issues_one_card(provider):
    placed = placed_card()
    results = at_once(*[paying(placed.order_id)] * 10)
    assert [each.state for each in results].count("paid") >= 1
    assert GiftCard.objects.count() == 1
    assert GiftCard.objects.get().current_balance_amount == 50
    assert events(placed.order_id)["order_fully_paid"] == 1
    assert Invoice.objects.count() == 1


def test_paid_twice_is_one_card_and_the_second_money_goes_back_whole(provider, sold):
    session = PaymentSession.objects.get(order=sold.order)
    PaymentSession.objects.create(
        order=sold.order, provider="fake", reference="second", state="canceled",
        amount=FIFTY, expires_at=session.expires_at,
    )  # fmt: skip
    outcome = record_payment(provider="fake", reference="second", amount=FIFTY, raw_id="ch_2")
    assert outcome.state == "needs_attention"
    assert GiftCard.objects.count() == 1
    place_order(checkout_token=spend(sold.card).pk)  # all of the card is spent
    request_refund(order_id=sold.order_id, key="twice", reason="x", raw_id="ch_2")
    assert sum(call["amount"].amount for what, call in provider.calls if what == "refund") == 50
    assert balance(sold) == (0, True)
    with pytest.raises(RefundRefused, match=r"at most 0\.00 can go back|only 0\.00"):
        refund(sold, "1.00")


def test_money_after_the_hold_ended_issues_nothing(provider):
    placed = placed_card()
    pay = paying(placed.order_id)
    assert release_order(order_id=placed.order_id, reason=NOT_PAID_IN_TIME).state == "released"
    assert pay().state == "needs_attention"
    assert GiftCard.objects.count() == 0
    assert attention_reasons(Order.objects.get(pk=placed.order_id)) == ["paid_after_release"]
    with pytest.raises(GiftCardRefused, match="no longer held"):
        placed_card()


def test_wrong_amount_issues_nothing(provider):
    placed = placed_card()
    less = Money("49.99", "GBP")
    assert paying(placed.order_id, amount=less)().state == "needs_attention"
    assert GiftCard.objects.count() == 0


@pytest.mark.parametrize("amount", ["9.99", "250.01", "0.00", "-20.00", "20.005"])
def test_amounts_that_are_not_for_sale(provider, amount):
    with pytest.raises(GiftCardRefused):
        placed_card(amount=amount)
    assert Order.objects.count() == 0


def test_what_was_not_shown_is_not_sold(provider):
    shown = wish()
    for text in ("", shown[:-1] + ("A" if shown[-1] != "A" else "B"), "50.00"):
        with pytest.raises(GiftCardRefused):
            place_gift_card(shown=text)
    assert Order.objects.count() == 0


def test_limits_that_changed_since_and_a_pause_are_obeyed(provider):
    settings = ShopSettings.objects.create(pk=1, gift_maximum=40)
    with pytest.raises(GiftCardRefused, match=r"£10\.00 to £40\.00"):
        placed_card()
    settings.gift_maximum, settings.sells_gift_cards = None, False
    settings.save()
    with pytest.raises(GiftCardRefused, match="do not sell"):
        placed_card()
    settings.sells_gift_cards, settings.paused = True, True
    settings.save()
    with pytest.raises(OrdersPaused):
        placed_card()
    settings.paused = False
    settings.save()
    assert placed_card().created  # a refused form may be sent again


def test_unused_card_is_refunded_whole_and_ends(provider, sold):
    refund(sold)
    assert balance(sold) == (0, False)
    assert books() == [(50, 0, 50, 0)]
    with pytest.raises(PromoNotApplicable):
        place_order(checkout_token=spend(sold.card).pk)


def test_part_of_an_unused_card_can_go_back_and_the_rest_is_spent(provider, sold):
    refund(sold, "20.00")
    assert balance(sold) == (30, True)
    assert place_order(checkout_token=spend(sold.card).pk).total.amount == Decimal("22.50")


def test_after_use_only_what_is_left_can_go_back(provider, sold):
    GiftCard.objects.filter(pk=sold.card_id).update(current_balance_amount=30)
    for amount in (None, "30.01"):
        with pytest.raises(RefundRefused, match=r"20\.00 GBP of gift card ending .{4} was spent"):
            refund(sold, amount)
    assert balance(sold) == (30, True)
    refund(sold, "30.00")
    assert balance(sold) == (0, False)
    assert books() == [(50, 20, 30, 0)]


def test_buyer_gives_it_back_only_wholly_unused_and_in_time(provider, sold):
    GiftCardSale.objects.update(issued_at=timezone.now() - timedelta(days=15))
    with pytest.raises(GiftCardRefused, match="days for giving it back are over"):
        refund_unused_card(order_id=sold.order_id, actor_id=None)
    GiftCardSale.objects.update(issued_at=timezone.now())
    GiftCard.objects.update(current_balance_amount="49.99")
    with pytest.raises(GiftCardRefused, match="Something was paid"):
        refund_unused_card(order_id=sold.order_id, actor_id=None)
    GiftCard.objects.update(current_balance_amount=50)
    results = at_once(*[partial(refund_unused_card, order_id=sold.order_id, actor_id=None)] * 6)
    assert [type(each) for each in results].count(GiftCardRefused) == 5
    assert balance(sold) == (0, False)
    assert len([1 for what, _ in provider.calls if what == "refund"]) == 1


def test_refund_that_failed_gives_the_card_its_money_again(provider, sold):
    provider.refunds = {"r": RefundState("failed", reference="re_r", error="closed account")}
    refund(sold)
    assert balance(sold) == (50, True)
    assert books() == [(50, 0, 0, 50)]


def test_refund_made_at_the_provider_ends_the_card_too(provider, sold):
    state = RefundState("succeeded", reference="re_hand")
    for _ in range(2):
        record_external_refund(provider="fake", raw_id="ch_1", key="", amount=FIFTY, state=state)
    assert balance(sold) == (0, False)
    assert books() == [(50, 0, 50, 0)]


def test_refund_made_at_the_provider_of_a_spent_card_is_shown_to_staff(provider, sold):
    place_order(checkout_token=spend(sold.card).pk)
    state = RefundState("succeeded", reference="re_hand")
    record_external_refund(provider="fake", raw_id="ch_1", key="", amount=FIFTY, state=state)
    assert attention_reasons(sold.order) == ["gift_card_spent"]
    assert books() == [(50, 50, 0, 0)]


def test_dispute_stops_the_card_and_winning_it_lets_it_go_on(provider, sold):
    dispute = partial(
        record_dispute, provider="fake", raw_id="ch_1", reference="dp_1", amount=FIFTY
    )
    for state, active in ((DisputeState.OPEN, False), (DisputeState.WON, True)):
        dispute(state=state)
        assert balance(sold) == (50, active)
    notes = str(list(sold.order.events.values_list("parameters", flat=True)))
    assert "stopped: the dispute" in notes
    assert sold.card.code not in notes


def test_winning_a_dispute_leaves_a_card_stopped_that_staff_had_stopped(provider, sold):
    GiftCard.objects.update(is_active=False)
    for state in (DisputeState.OPEN, DisputeState.WON):
        record_dispute(provider="fake", raw_id="ch_1", reference="dp_1", amount=FIFTY, state=state)
        assert GiftCard.objects.get().is_active is False


def test_what_a_lost_dispute_took_is_no_longer_owed(provider, sold):
    record_dispute(
        provider="fake", raw_id="ch_1", reference="dp_1", amount=FIFTY, state=DisputeState.LOST
    )

    card = GiftCard.objects.get()
    assert (card.is_active, card.current_balance_amount) == (False, Decimal("0.00"))
    assert books() == [(50, 0, 50, 0)]


def test_two_redemptions_at_once_never_spend_more_than_there_is(provider, sold):
    checkouts = [spend(sold.card) for _ in range(6)]
    results = at_once(*[partial(place_order, checkout_token=each.pk) for each in checkouts])
    paid = [Decimal("52.50") - each.total.amount for each in results if hasattr(each, "total")]
    assert sum(paid) == 50
    assert balance(sold) == (0, True)


@pytest.mark.parametrize("turn", range(4))
def test_refund_and_redemption_at_once_never_both_have_the_money(provider, sold, turn):
    checkout = spend(sold.card)
    placing, refunding = (
        partial(place_order, checkout_token=checkout.pk),
        partial(refund, sold),
    )
    calls = [placing, refunding] if turn % 2 else [refunding, placing]
    at_once(*calls)
    spent = sum(
        Decimal(order.private_metadata["placement"]["gift_cards"].get(str(sold.card_id), 0))
        for order in Order.objects.exclude(pk=sold.order_id)
    )
    back = sum(call["amount"].amount for what, call in provider.calls if what == "refund")
    assert spent + back == 50
    assert balance(sold)[0] == 0
    assert books() == [(50, spent, back, 0)]


def independent_sums():
    """Return what lies on sold and on given cards, as their own rows say."""
    cards = GiftCard.objects.order_by()
    return {
        (currency, sold): cards.filter(currency=currency, sale__isnull=not sold).aggregate(
            sum=Sum("current_balance_amount")
        )["sum"]
        for currency, sold in (("GBP", True), ("GBP", False), ("EUR", False))
    }


def test_books_agree_with_the_cards_after_all_that_can_happen(provider, sold):
    given = GiftCardFactory(initial_balance_amount="20.00")
    GiftCardFactory(initial_balance_amount="7.00", currency="EUR")
    first = place_order(checkout_token=spend(given).pk)
    release_order(order_id=first.order_id, reason=NOT_PAID_IN_TIME)
    refund(sold, "15.00", key="a")
    place_order(checkout_token=spend(sold.card).pk)
    other = placed_card(key="o" * 32, amount="80.00")
    paying(other.order_id, "ch_9", Money("80.00", "GBP"))()
    known = {(row.currency, row.sold): row for row in gift_card_books(timezone.localdate())}
    assert {key: row.outstanding for key, row in known.items()} == independent_sums()
    assert {key: row.issued for key, row in known.items()} == {
        ("GBP", True): 130, ("GBP", False): 20, ("EUR", False): 7,
    }  # fmt: skip
    row = known["GBP", True]
    assert (row.redeemed, row.refunded, row.outstanding) == (35, 15, 80)


def test_books_of_a_period_begin_with_what_was_outstanding(provider, sold):
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ordering_giftcardmove DISABLE TRIGGER USER")
        cursor.execute("UPDATE ordering_giftcardmove SET at = at - interval '40 days'")
        cursor.execute("ALTER TABLE ordering_giftcardmove ENABLE TRIGGER USER")
    refund(sold, "10.00")
    (row,) = gift_card_books(today, today - timedelta(days=10))
    assert (row.opening, row.issued, row.refunded, row.outstanding) == (50, 0, 10, 40)
    (row,) = gift_card_books(today - timedelta(days=20))
    assert (row.opening, row.issued, row.refunded, row.outstanding) == (0, 50, 0, 50)
    assert gift_card_books(today - timedelta(days=50)) == ()


def test_moves_are_never_changed(sold):
    with pytest.raises(IntegrityError, match="never changed"):
        GiftCardMove.objects.update(change_value=1)
    with pytest.raises(IntegrityError, match="never changed"):
        GiftCardMove.objects.all()._raw_delete("default")


def test_a_card_is_no_sale_before_it_is_spent(provider, sold):
    today = Period(timezone.localdate(), timezone.localdate())
    assert list(reports.BY_DAY.rows(today)) == []
    assert list(reports.BY_PRODUCT.rows(today)) == []
    refund(sold, "10.00")
    assert list(reports.BY_DAY.rows(today)) == []
    placed = place_order(checkout_token=spend(sold.card).pk)
    paying(placed.order_id, "ch_2", Money("12.50", "GBP"))()
    [row] = reports.BY_DAY.rows(today)
    assert row[1:6] == ("GBP", 1, Decimal("52.50"), Decimal("0.00"), Decimal("40.00"))
    taken = {row[0]: (row[3], row[5]) for row in reports.MONEY.rows(today)}
    assert taken == {"fake": (62.5, 10), "Gift cards": (40, 0)}
    [owed] = reports.CARD_TOTALS.rows(today)
    assert owed[1:] == ("sold", 0, 50, 40, 10, 0)
