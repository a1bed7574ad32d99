"""Many at once: no order is ever made that costs something else than was shown."""

from decimal import Decimal
from functools import partial

import pytest
from prices import Money
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.outcomes import PlacedOrder, PromoNotApplicable, ShownChanged
from plugins.ordering.paying import start_payment
from plugins.ordering.placing import place_order
from tests.factories import (
    GiftCardFactory,
    VoucherFactory,
    basket,
    change_quantity,
    variant_in_stock,
)
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import live_orders, pieces_held
from tests.shown import shown_of

pytestmark = pytest.mark.django_db(transaction=True)


def placing(checkout):
    """Return a call that places what is shown now."""
    return partial(place_order, checkout_token=checkout.pk, shown=shown_of(checkout))


def test_five_baskets_with_one_gift_card_pay_what_each_was_shown():
    variant = variant_in_stock(50, price="8.40")
    card = GiftCardFactory(initial_balance_amount="35.70")  # three of 11.90
    calls = [placing(basket((variant, 1), cards=[card])) for _ in range(5)]
    results = at_once(*calls)
    placed = [result for result in results if isinstance(result, PlacedOrder)]
    assert [result.total for result in placed] == [Money("0.00", "GBP")] * 3
    refused = [result for result in results if isinstance(result, ShownChanged)]
    assert [(one.shown.due, one.now.due) for one in refused] == [("0.00", "11.90")] * 2
    assert len(live_orders()) == pieces_held(variant) == 3
    assert GiftCard.objects.get().current_balance_amount == 0


def test_a_card_with_less_than_all_need_is_never_stretched():
    variant = variant_in_stock(50, price="8.40")
    card = GiftCardFactory(initial_balance_amount="30.00")
    results = at_once(*[placing(basket((variant, 1), cards=[card])) for _ in range(5)])
    assert {order.total_gross_amount for order in live_orders()} == {Decimal("0.00")}
    shown = [one.now.due for one in results if isinstance(one, ShownChanged)]
    assert (len(live_orders()), shown) == (2, ["5.70"] * 3)


def test_a_code_with_one_use_makes_one_order_at_the_shown_price():
    variant = variant_in_stock(50)
    voucher = VoucherFactory(usage_limit=1)
    results = at_once(*[placing(basket((variant, 1), voucher=voucher)) for _ in range(5)])
    [placed] = [one for one in results if isinstance(one, PlacedOrder)]
    assert placed.total == Money("42.50", "GBP")
    assert all(isinstance(one, PlacedOrder | ShownChanged | PromoNotApplicable) for one in results)
    assert (Voucher.objects.get().used, len(live_orders())) == (1, 1)


def test_going_back_while_others_wait_for_the_card_spends_it_once(provider):
    """Card and code are free for a moment, while the order of the first basket is released."""
    variant = variant_in_stock(50)
    codes = {"cards": [GiftCardFactory()], "voucher": VoucherFactory(usage_limit=1)}
    mine = basket((variant, 1), **codes)
    theirs = [basket((variant, 1), **codes) for _ in range(4)]
    waiting = [placing(checkout) for checkout in theirs]  # each is shown both
    first = place_order(checkout_token=mine.pk, shown=shown_of(mine))
    start_payment(order_id=first.order_id)
    change_quantity(mine, 2)
    results = at_once(placing(mine), *waiting)
    [order] = live_orders()
    assert order.total_gross_amount in {Decimal("71.50"), Decimal("22.50")}
    placed = [one for one in results if isinstance(one, PlacedOrder)]
    assert [one.order_id for one in placed] == [order.pk]
    assert (Voucher.objects.get().used, GiftCard.objects.get().current_balance_amount) == (1, 0)


def test_the_same_page_pressed_by_many_is_one_order():
    variant = variant_in_stock(50)
    checkout = basket((variant, 2), cards=[GiftCardFactory()], voucher=VoucherFactory())
    call = placing(checkout)
    results = at_once(*[call] * 8)
    assert {result.order_id for result in results} == {Order.objects.get().pk}
    assert sorted(result.created for result in results) == [False] * 7 + [True]


def test_a_refusal_carries_both_pictures_and_holds_nothing():
    variant = variant_in_stock(50)
    checkout = basket((variant, 1))
    shown = shown_of(checkout)
    variant.product.price_amount = "60.00"
    variant.product.save()
    with pytest.raises(ShownChanged) as refused:
        place_order(checkout_token=checkout.pk, shown=shown)
    assert (refused.value.shown.due, refused.value.now.due) == ("52.50", "63.50")
    assert (Order.objects.count(), pieces_held(variant)) == (0, 0)


@pytest.mark.parametrize("shown", ["", "no picture"])
def test_what_is_no_picture_of_ours_is_no_agreement(shown):
    checkout = basket((variant_in_stock(50), 1))
    with pytest.raises(ShownChanged) as refused:
        place_order(checkout_token=checkout.pk, shown=shown)
    assert refused.value.shown is None
    assert Order.objects.count() == 0
