"""Another size for what came back: asked for, agreed under the stock's lock, and its difference."""

from decimal import Decimal
from functools import partial

import pytest
from prices import Money
from saleor.order.models import Order
from saleor.payment.models import Payment
from saleor.warehouse.models import Allocation, Stock

from plugins.fulfilment.exchanges import exchange_offers, swaps_now
from plugins.fulfilment.models import Return, ReturnLine
from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.policies import ExchangeRefused, ReturnRefused
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import announce_return, close_settled_returns, record_return
from plugins.inventory.ledger import check_ledger
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.models import LinePieces, PieceState, Refund
from plugins.ordering.order_state import is_paid
from plugins.ordering.outcomes import RefundRefused, SoldOut
from plugins.ordering.placing import place_order
from plugins.ordering.refund_plans import kept_in_exchange, refundable_amount
from plugins.ordering.refunds import cancel_order, request_refund
from tests.factories import basket, variant_in_stock
from tests.functional.fulfilment.exchanging import come_back, sent_order, size
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import pieces_free, pieces_held
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(small, clerk, provider):
    return sent_order(small, clerk)


def test_other_sizes_of_the_same_product_are_offered_with_price_and_stock(order, small, cheaper):
    dearer = size(small, "Size 3", "17.00", 0)
    variant_in_stock(5, name="Another product")
    offers = exchange_offers(order)[order.lines.get().pk]
    assert [(o.variant_id, o.price.amount, o.left, o.difference.amount) for o in offers] == [
        (cheaper.pk, Decimal("12.00"), 5, Decimal("-2.00")),
        (dearer.pk, Decimal("17.00"), 0, Decimal("3.00")),
    ]


def test_a_wish_reserves_nothing_before_it_is_agreed(order, cheaper):
    line = order.lines.get().pk
    announce_return(order_id=order.pk, pieces={line: 1}, sealed=True, wanted={line: cheaper.pk})
    asked = ReturnLine.objects.get()
    assert (asked.wanted, asked.shown_price) == (cheaper, Decimal("12.00"))
    assert pieces_held(cheaper) == 0
    assert Order.objects.count() == 1


def test_a_size_that_cannot_be_had_is_refused_when_asked_for(order, small):
    other, line = size(small, "Size 3", "14.00", 1), order.lines.get().pk
    with pytest.raises(ReturnRefused, match="not enough of this size"):
        announce_return(order_id=order.pk, pieces={line: 2}, sealed=True, wanted={line: other.pk})
    assert not Return.objects.exists()


def test_a_product_of_another_kind_is_no_size(order):
    other, line = variant_in_stock(5), order.lines.get().pk
    with pytest.raises(ReturnRefused, match="not enough of this size"):
        announce_return(order_id=order.pk, pieces={line: 1}, sealed=True, wanted={line: other.pk})


def test_an_agreed_exchange_is_an_order_of_its_own_that_costs_nothing(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    about.refresh_from_db()
    assert about.replacement == replacement
    assert about.lines.get().exchanged == 1
    new = replacement.lines.get()
    assert (new.variant, new.quantity, new.unit_price_gross_amount) == (cheaper, 1, 12)
    assert (replacement.total_gross_amount, replacement.discount_amount) == (0, 12)
    assert replacement.shipping_address.as_data() == order.shipping_address.as_data()
    assert replacement.shipping_address_id != order.shipping_address_id
    assert is_paid(replacement)
    assert LinePieces.objects.get(line=new).reserved == 1
    assert pieces_held(cheaper) == 1
    assert OutgoingEmail.objects.get(order=replacement).kind == "exchange_agreed"
    assert check_ledger().differences == ()


def test_the_difference_goes_back_and_the_piece_is_not_refunded_again(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    refund = Refund.objects.get()
    assert (refund.order, refund.amount_value) == (order, Decimal("2.00"))
    assert refund.lines.values_list("pieces", "which", "amount_value").get() == (
        1, "returned", Decimal("2.00"),
    )  # fmt: skip
    assert close_settled_returns(order_id=order.pk, actor_id=clerk.pk)
    with pytest.raises(RefundRefused):
        request_refund(
            order_id=order.pk, key="again", reason="Twice", lines={order.lines.get().pk: 1},
            which={order.lines.get().pk: PieceState.RETURNED},
        )  # fmt: skip


def test_all_that_is_left_leaves_what_pays_for_the_other_size(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    refund = request_refund(order_id=order.pk, key="all", reason="Kind")
    assert refund.amount == Money("14.00", "GBP")  # 28.00 less 2.00 given back and 12.00 kept
    assert refundable_amount(order) == kept_in_exchange(order) == Money("12.00", "GBP")
    with pytest.raises(RefundRefused):
        request_refund(order_id=order.pk, key="more", reason="Kind")
    back = request_refund(
        order_id=order.pk, key="other", reason="It came back", amount=Money("12.00", "GBP")
    )
    assert back.amount == Money("12.00", "GBP")


def test_a_cancelled_replacement_frees_what_was_to_pay_for_it(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    cancel_order(order_id=replacement.pk, actor_id=clerk.pk, reason="Not wanted")
    assert kept_in_exchange(order) == Money("0.00", "GBP")
    refund = request_refund(order_id=order.pk, key="all", reason="Kind")
    assert refund.amount == Money("26.00", "GBP")


def test_a_size_at_the_same_price_gives_nothing_back(order, small, clerk):
    about = come_back(order, size(small, "Size 3", "14.00", 5), clerk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    refund = Refund.objects.get()
    assert (refund.amount_value, refund.state, refund.parts.count()) == (0, "succeeded", 0)
    assert not OutgoingEmail.objects.filter(kind="payment_refunded").exists()
    assert Payment.objects.get(order=replacement).total == 0


def test_a_promo_code_makes_the_difference_smaller_by_the_same_share(clerk, small, cheaper):
    order = builders.order(paid=True, total="12.60", discount_amount=Decimal("1.40"))
    line = builders.line(order, small, 1)
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=clerk.pk)
    about = come_back(order, cheaper, clerk)
    agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert Refund.objects.get().amount_value == Decimal("1.80")


def test_it_is_agreed_once_and_only_for_what_came_back(order, cheaper, clerk):
    line = order.lines.get().pk
    about = announce_return(
        order_id=order.pk, pieces={line: 1}, sealed=True, wanted={line: cheaper.pk}
    )
    with pytest.raises(ExchangeRefused, match="Look at what came back first"):
        agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    record_return(order_id=order.pk, pieces={line: 1}, sealed=True, sound=True, actor_id=clerk.pk)
    agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    with pytest.raises(ExchangeRefused, match="ordered before"):
        agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert Order.objects.count() == 2
    assert swaps_now(order) == []


def test_what_was_refunded_is_not_exchanged_as_well(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    line = order.lines.get().pk
    request_refund(
        order_id=order.pk, key="r", reason="Returned", lines={line: 1},
        which={line: PieceState.RETURNED},
    )  # fmt: skip
    with pytest.raises(ExchangeRefused, match="or it was refunded"):
        agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert Order.objects.count() == 1
    assert pieces_held(cheaper) == 0


def test_a_size_that_was_sold_meanwhile_is_refused_whole(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    Stock.objects.filter(product_variant=cheaper).update(quantity=0)
    with pytest.raises(ExchangeRefused, match="not enough of this size"):
        agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert Order.objects.count() == 1
    assert not Refund.objects.exists()
    assert Return.objects.get().replacement is None


def test_what_was_shown_when_it_was_asked_for_counts_whatever_the_price_is_since(
    order, cheaper, clerk
):
    about = come_back(order, cheaper, clerk)
    cheaper.price_override_amount = Decimal("15.00")
    cheaper.save()
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    assert replacement.lines.get().unit_price_gross_amount == 12
    assert (replacement.total_gross_amount, Refund.objects.get().amount_value) == (0, 2)


def test_a_difference_that_is_not_the_one_shown_is_refused(order, cheaper):
    line = order.lines.get().pk
    with pytest.raises(ReturnRefused, match="has just changed"):
        announce_return(
            order_id=order.pk, pieces={line: 1}, sealed=True, wanted={line: cheaper.pk},
            shown={line: Decimal("-3.00")},
        )  # fmt: skip
    assert not Return.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_pieces_go_to_exchanges_or_to_baskets_never_to_both(small, clerk, provider):
    last = size(small, "Size 3", "14.00", 3)
    abouts = [come_back(sent_order(small, clerk, 1), last, clerk) for _ in range(4)]
    checkouts = [basket((last, 1)) for _ in range(4)]
    calls = [partial(agree_exchange, return_id=a.pk, actor_id=clerk.pk) for a in abouts]
    calls += [partial(place_order, checkout_token=c.pk) for c in checkouts]
    outcomes = at_once(*calls)
    refused = [o for o in outcomes if isinstance(o, Exception)]
    assert {type(error) for error in refused} <= {ExchangeRefused, SoldOut}
    assert len(refused) == 5
    assert (pieces_held(last), pieces_free(last)) == (3, 0)
    assert check_ledger().differences == ()


@pytest.mark.django_db(transaction=True)
def test_four_presses_at_once_send_one_replacement(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    outcomes = at_once(*[partial(agree_exchange, return_id=about.pk, actor_id=clerk.pk)] * 4)
    assert sum(isinstance(outcome, Order) for outcome in outcomes) == 1
    assert Order.objects.count() == 2
    assert Allocation.objects.filter(stock__product_variant=cheaper).count() == 1


def test_the_replacement_is_sent_like_any_order_and_outlives_the_person(order, cheaper, clerk):
    about = come_back(order, cheaper, clerk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    new = replacement.lines.get()
    fulfil(order_id=replacement.pk, pieces={new.pk: 1}, actor_id=clerk.pk)
    replacement.refresh_from_db()
    assert replacement.status == "fulfilled"
    anonymise_order(order=Order.objects.get(pk=order.pk))
    about.refresh_from_db()
    assert about.replacement_id == replacement.pk
    assert check_ledger().differences == ()
