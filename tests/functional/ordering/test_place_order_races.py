"""Many at once, in real threads on PostgreSQL: never oversold, never twice, never stuck."""

from collections import Counter
from functools import partial

import pytest
from saleor.discount.models import Voucher
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.outcomes import PlacedOrder, PromoNotApplicable, ShortLine, SoldOut
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
from tests.functional.ordering.reading import live_orders, pieces_free, pieces_held

pytestmark = pytest.mark.django_db(transaction=True)


def placing(checkout):
    return partial(place_order, checkout_token=checkout.pk)


def test_last_five_of_a_set_wanted_by_fifty():
    variant = variant_in_stock(5, product__name="Gentle set", name="")
    results = at_once(*[placing(basket((variant, 1))) for _ in range(50)])
    placed = [result for result in results if isinstance(result, PlacedOrder)]
    refused = [result for result in results if isinstance(result, SoldOut)]
    assert (len(placed), len(refused)) == (5, 45)
    assert {error.lines for error in refused} == {(ShortLine("Gentle set", 1, 0),)}
    assert len(live_orders()) == 5
    assert (pieces_held(variant), pieces_free(variant)) == (5, 0)


def test_lines_in_opposite_order_never_wait_for_each_other():
    one, two, three = (variant_in_stock(20, 20) for _ in range(3))
    orders = ([one, two, three], [three, two, one])
    checkouts = [basket(*[(v, 1) for v in orders[turn % 2]]) for turn in range(40)]
    results = at_once(*map(placing, checkouts))
    assert [type(result) for result in results] == [PlacedOrder] * 40
    assert [pieces_held(variant) for variant in (one, two, three)] == [40, 40, 40]


def test_multi_line_baskets_share_the_last_pieces():
    one, two = variant_in_stock(3), variant_in_stock(4)
    checkouts = [
        basket(*([(one, 1), (two, 1)] if turn % 2 else [(two, 1), (one, 1)])) for turn in range(20)
    ]
    results = at_once(*map(placing, checkouts))
    assert Counter(map(type, results)) == {PlacedOrder: 3, SoldOut: 17}
    assert (pieces_held(one), pieces_held(two)) == (3, 3)


def test_twenty_retries_of_one_basket_make_one_order(provider):
    variant = variant_in_stock(50)
    checkout = basket((variant, 2))

    def retry():
        placed = place_order(checkout_token=checkout.pk)
        return placed, start_payment(order_id=placed.order_id).url

    results = at_once(*[retry] * 20)
    order = Order.objects.get()
    assert {placed.order_id for placed, _ in results} == {order.pk}
    assert sorted(placed.created for placed, _ in results) == [False] * 19 + [True]
    assert len({url for _, url in results}) == 1
    assert PaymentSession.objects.count() == 1
    assert len(provider.sessions) == 1
    assert pieces_held(variant) == 2


def test_placing_while_the_basket_changes_never_leaves_two_live_orders(provider):
    variant = variant_in_stock(50)
    checkout = basket((variant, 1))

    def change(quantity):
        change_quantity(checkout, quantity)
        return place_order(checkout_token=checkout.pk)

    at_once(*[partial(change, quantity) for quantity in range(1, 9)])
    last = place_order(checkout_token=checkout.pk)
    assert [order.pk for order in live_orders()] == [last.order_id]
    assert pieces_held(variant) == sum(line.quantity for line in checkout.lines.all())


def test_gift_card_in_two_baskets_is_spent_once():
    variant = variant_in_stock(50)
    card = GiftCardFactory(initial_balance_amount="20.00")
    results = at_once(*[placing(basket((variant, 1), cards=[card])) for _ in range(8)])
    assert Counter(map(type, results)) == {PlacedOrder: 1, PromoNotApplicable: 7}
    assert GiftCard.objects.get().current_balance_amount == 0
    assert Order.objects.get().total_gross_amount == 49 + 3.5 - 20


def test_gift_card_is_shared_out_to_the_penny():
    variant = variant_in_stock(50, price="10")
    card = GiftCardFactory(initial_balance_amount="20.00")
    at_once(*[placing(basket((variant, 1), cards=[card])) for _ in range(8)])
    spent = sum(13.5 - float(order.total_gross_amount) for order in live_orders())
    assert spent == 20
    assert GiftCard.objects.get().current_balance_amount == 0


def test_voucher_is_used_as_often_as_its_limit():
    variant = variant_in_stock(50)
    voucher = VoucherFactory(usage_limit=3)
    results = at_once(*[placing(basket((variant, 1), voucher=voucher)) for _ in range(10)])
    assert Counter(map(type, results)) == {PlacedOrder: 3, PromoNotApplicable: 7}
    assert Voucher.objects.get().used == 3
    assert pieces_held(variant) == 3


def test_voucher_for_each_customer_once():
    variant = variant_in_stock(50)
    voucher = VoucherFactory(apply_once_per_customer=True)
    spellings = ["robin@example.org", "Robin@Example.org", " robin@example.org"]
    checkouts = [basket((variant, 1), voucher=voucher, email=email) for email in spellings]
    results = at_once(*map(placing, checkouts))
    assert Counter(map(type, results)) == {PlacedOrder: 1, PromoNotApplicable: 2}
    assert Voucher.objects.get().used == 1
