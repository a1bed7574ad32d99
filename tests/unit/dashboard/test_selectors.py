"""What lists and the first page are made of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.selectors.catalogue import guides_due_for_review, products_with_stock
from dashboard.selectors.orders import (
    NEEDS_ATTENTION,
    TO_PACK,
    WAITING_FOR_PAYMENT,
    orders_with_payment,
    payment_state_of,
    placed_today,
)
from dashboard.selectors.stock import stock_with_availability
from plugins.inventory.quantities import low_stock, out_of_stock
from plugins.ordering.attention import unflag_order
from plugins.ordering.models import Refund, RefundPart
from product_content.policies import REVIEW_EVERY
from tests.factories import GiftCardFactory, GuideFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db


def chosen(condition):
    return list(orders_with_payment().filter(condition))


def test_paid_orders_are_to_pack_and_unpaid_ones_wait():
    paid, unpaid = builders.order(paid=True), builders.order()
    short = builders.order()
    builders.payment(short, "10.00", status="partially-charged")
    builders.order(paid=True, status="fulfilled")
    builders.order(status="canceled")
    builders.order(paid=True, status="draft")

    assert chosen(TO_PACK) == [paid]
    assert chosen(WAITING_FOR_PAYMENT) == [short, unpaid]


def test_a_flagged_order_is_not_packed_until_someone_has_looked():
    flagged = builders.order(paid=True, flags=["paid_twice"])
    plain = [
        builders.order(paid=True, private_metadata=metadata)
        for metadata in (None, {}, {"placement": {}})
    ]
    assert set(chosen(TO_PACK)) == set(plain)
    assert chosen(NEEDS_ATTENTION) == [flagged]


def test_an_order_whose_money_went_back_waits_for_nothing():
    order = builders.order()
    builders.payment(order, "52.50", status="fully-refunded")
    assert chosen(WAITING_FOR_PAYMENT) == chosen(TO_PACK) == []


def test_an_order_for_nothing_waits_until_it_is_settled():
    free = builders.order(total="0.00")
    assert chosen(WAITING_FOR_PAYMENT) == [free]
    builders.payment(free, "0.00")
    assert chosen(TO_PACK) == [free]


def test_two_payments_do_not_list_an_order_twice():
    order = builders.order(paid=True)
    builders.payment(order, "52.50")
    assert chosen(TO_PACK) == [order]


@pytest.mark.parametrize(
    ("status", "charge", "words"),
    [
        ("unfulfilled", "fully-charged", "Paid"),
        ("unfulfilled", None, "Waiting"),
        ("unfulfilled", "partially-refunded", "Partly refunded"),
        ("canceled", "fully-refunded", "Refunded"),
        ("canceled", None, "Not paid"),
    ],
)
def test_how_an_order_is_paid_is_said_in_words(status, charge, words):
    order = builders.order(status=status)
    if charge:
        builders.payment(order, "52.50", status=charge)
    assert payment_state_of(orders_with_payment().get()) == words


def card_order(spent, back, *, status="unfulfilled"):
    """An order of which a gift card paid `spent`, got `back`, and the rest was all refunded."""
    card = GiftCardFactory()
    placement = {"placement": {"gift_cards": {str(card.pk): spent}}}
    order = builders.order(status=status, private_metadata=placement)
    builders.payment(order, "52.50", status="fully-refunded")
    if back:
        refund = Refund.objects.create(
            order=order, key="r", amount_value=back, currency="GBP", reason="x", state="succeeded"
        )
        RefundPart.objects.create(
            refund=refund, gift_card=card, key="r", amount_value=back, currency="GBP",
            state="succeeded",
        )  # fmt: skip
    return order


@pytest.mark.parametrize("status", ["fulfilled", "canceled"])
@pytest.mark.parametrize(
    ("spent", "back", "words"),
    [("10.00", "", "Partly refunded"), ("10.00", "4.00", "Partly refunded"),
     ("10.00", "10.00", "Refunded")],
)  # fmt: skip
def test_an_order_is_refunded_only_once_its_gift_card_has_its_money_too(status, spent, back, words):
    card_order(spent, back, status=status)
    assert payment_state_of(orders_with_payment().get()) == words


def test_a_second_payment_that_went_back_leaves_the_first_paid():
    order = builders.order(paid=True)
    builders.payment(order, "52.50", status="fully-refunded")
    assert payment_state_of(orders_with_payment().get()) == "Partly refunded"


def test_flagged_orders_need_attention():
    flagged = builders.order(flags=["wrong_amount"])
    settled = builders.order(flags=["dispute"])
    unflag_order(order_id=settled.pk, reason="dispute")
    builders.order(private_metadata={"placement": {}})
    assert chosen(NEEDS_ATTENTION) == [flagged]


def test_today_begins_at_midnight_of_the_shop():
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    first = builders.order(created=midnight)
    builders.order(created=midnight - timedelta(seconds=1))
    assert chosen(placed_today()) == [first]


def test_available_is_what_no_order_holds_in_each_warehouse():
    variant = variant_in_stock(10, 10)
    builders.line(builders.order(), variant, 2)
    builders.line(builders.order(), variant, 3)

    rows = stock_with_availability().order_by("pk")
    assert list(rows.values_list("quantity", "allocated", "available")) == [
        (10, 5, 5),
        (10, 0, 10),
    ]
    assert list(products_with_stock().values_list("available", flat=True)) == [15]


def test_low_includes_out_of_stock():
    variant_in_stock(6)
    low, out = variant_in_stock(5).stocks.get(), variant_in_stock(0).stocks.get()
    assert set(low_stock(stock_with_availability())) == {low, out}
    assert set(out_of_stock(stock_with_availability())) == {out}


def test_published_guides_that_were_not_reviewed_for_two_years_are_due():
    today = timezone.localdate()
    never = GuideFactory()
    long_ago = GuideFactory(reviewer="A. Clinician", reviewed_on=today - REVIEW_EVERY)
    GuideFactory(reviewer="A. Clinician", reviewed_on=today - REVIEW_EVERY + timedelta(days=1))
    GuideFactory(is_published=False)

    assert set(guides_due_for_review()) == {never, long_ago}
