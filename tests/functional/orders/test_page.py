"""What an order's page says, from the payment to the parcel, a refund and the end."""

from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from prices import Money
from saleor.order.models import Fulfillment, Order

from plugins.fulfilment.models import Shipment
from plugins.fulfilment.packing import start_packing
from plugins.ordering.attention import flag_order
from plugins.ordering.ending import release_order
from plugins.ordering.models import Refund
from plugins.ordering.refunds import cancel_order, request_refund
from product_content.catalogue.adapters.shop import set_delivery_days
from storefront.orders import get_order_page
from tests.factories import GiftCardFactory, ShippingMethodFactory, UserFactory, VoucherFactory
from tests.personas import link_holder

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(order, client=None):
    response = (client or link_holder(order)).get(f"/orders/{order.token}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def story(page):
    """The texts of the time line, oldest first."""
    items = page.split('<ol class="order-history">')[1].split("</ol>")[0].split("<span>")[1:]
    return [item.split("</span>")[0] for item in items]


def test_a_paid_order_shows_state_items_sums_promise_and_what_can_be_done(buy):
    set_delivery_days(ShippingMethodFactory(), [2, 4])
    order = buy()
    page = page_of(order)
    for words in (
        f"Thank you. Order {order.pk} is yours.", "Gentle set", "2 × £49.00", "£98.00", "£3.50",
        "£101.50", "4 Mill Lane", "STILLWATER* ORDER", "Sender on the parcel", "Receipt (PDF)",
        "Cancel this order", "What others will see", "Expected ",
    ):  # fmt: skip
        assert words in page
    assert story(page) == ["You placed the order.", "We have your payment."]
    for absent in ("Tracking", "Given back", "Pay £"):
        assert absent not in page


def asked_to_cancel(order):
    page = link_holder(order).get(f"/orders/{order.token}/cancel/").content.decode()
    return " ".join(page.split())


def told_of_cancelling(order):
    mail.outbox.clear()
    cancel_order(order_id=order.pk, actor_id=None, reason="Changed my mind")
    (message,) = [m for m in mail.outbox if "cancelled" in m.subject]
    return message.body


FREE = {"discount_value_type": "percentage", "discount_value": "100"}


@pytest.mark.parametrize(
    ("card", "voucher", "asked", "ended", "written"),
    [
        ("", {}, "what you paid (£101.50) goes back the way it came.",
         "What you paid goes back the way it came", "What you paid goes back"),
        ("20.00", {}, "(£81.50) goes back the way it came. A gift card you used is filled up again.",
         "What you paid goes back the way it came", "What you paid goes back"),
        ("500.00", {}, "Nothing is sent then, and the gift card you used is filled up again.",
         "What you paid goes back the way it came", "What you paid goes back"),
        ("", FREE, "Nothing is sent then. Nothing was charged.",
         "nothing of it will be sent. Nothing was charged for it.", "Nothing was charged."),
    ],
)  # fmt: skip
def test_cancelling_says_what_goes_back_and_where(buy, card, voucher, asked, ended, written):
    ShippingMethodFactory(price_amount=0) if voucher else ShippingMethodFactory()
    order = buy(
        cards=[GiftCardFactory(initial_balance_amount=card)] if card else [],
        voucher=VoucherFactory(**voucher) if voucher else None,
    )
    question = asked_to_cancel(order)
    assert asked in question
    assert ("gift card you used" in question) == bool(card)
    body = told_of_cancelling(order)
    assert written in body
    assert ended in page_of(order)


def test_what_nothing_was_left_to_pay_for_says_so(buy):
    order = buy(cards=[GiftCardFactory(initial_balance_amount="500.00")])
    page = page_of(order)
    assert story(page) == ["You placed the order.", "Nothing was left to pay."]
    assert "payment" not in mail.outbox[0].body
    request_refund(order_id=order.pk, key="card", reason="x")
    assert "Back on your gift card ending" in page_of(order)
    assert "Most banks" not in page_of(order)


def test_a_waiting_order_can_be_paid_or_cancelled_and_has_no_receipt(place):
    order = place()
    page = page_of(order)
    assert "Everything is held for you until" in page
    assert "Pay £101.50 now" in page
    assert "Cancel this order" in page
    assert "Receipt" not in page
    assert story(page) == ["You placed the order."]


def test_a_parcel_shows_its_tracking_number_and_asks_nobody_else(buy):
    order = buy()
    start_packing(order_id=order.pk, user=UserFactory(is_staff=True))
    Fulfillment.objects.create(order=order, tracking_number="AB123456789GB")
    Order.objects.update(status="fulfilled")
    page = page_of(order)
    assert "Your parcel is on its way." in page
    assert "<code>AB123456789GB</code>" in page
    assert story(page)[2:] == ["We began to pack it.", "Your parcel left us."]
    assert "Cancel this order" not in page


def test_what_the_carrier_told_last_is_said_in_place_of_a_day_to_come(buy):
    order = buy()
    parcel = Fulfillment.objects.create(order=order)
    Shipment.objects.create(order=order, parcel=parcel, number=1, state="ready_to_collect")
    Order.objects.update(status="fulfilled")
    page = page_of(order)
    assert "Your parcel waits for you at the place you chose." in page
    assert "Expected" not in page
    Shipment.objects.update(state="delivered")
    assert "Your parcel was handed over, the carrier says." in page_of(order)


def test_an_address_of_a_carrier_is_a_plain_link_that_tells_nothing(buy):
    order = buy()
    for number in ("https://carrier.example/t/1?a=1&b=<2>", "javascript:alert(1)", ""):
        Fulfillment.objects.create(order=order, tracking_number=number)
    Order.objects.update(status="partially fulfilled")
    page = page_of(order)
    assert (
        '<a href="https://carrier.example/t/1?a=1&amp;b=&lt;2&gt;" rel="noreferrer nofollow">'
        in page
    )
    assert 'href="javascript' not in page
    assert "It has no tracking number." in page
    assert "Partly sent" in page
    assert story(page).count("A parcel left us.") == 3
    assert "Expected" not in page


def test_a_parcel_that_staff_took_back_is_not_shown(buy):
    order = buy()
    Fulfillment.objects.create(order=order, status="canceled", tracking_number="AB123456789GB")
    assert "AB123456789GB" not in page_of(order)


def test_money_given_back_stands_in_the_sums_and_the_story_without_staffs_reason(buy):
    order = buy()
    request_refund(order_id=order.pk, key="one", reason="Staff only", amount=Money("10.00", "GBP"))
    page = page_of(order)
    assert "Given back, " in page
    assert "−£10.00" in page
    assert story(page)[-1] == "Money goes back to you. £10.00"
    assert "Staff only" not in page
    Refund.objects.update(state="asked")
    assert "On its way back, " in page_of(order)
    Refund.objects.update(state="failed")
    assert "£10.00" not in page_of(order)


def test_notes_and_names_of_staff_stay_theirs(buy):
    order = buy()
    order.events.create(type="note_added", parameters={"message": "Rings twice"})
    order.events.create(type="updated_address", user=UserFactory(first_name="Sasha", is_staff=True))
    page = page_of(order)
    assert story(page)[-1] == "The address was changed."
    assert "Rings twice" not in page
    assert "Sasha" not in page


def test_an_order_that_ended_unpaid_says_that_nothing_was_charged(place):
    order = place()
    release_order(order_id=order.pk, reason="Not paid in time.")
    page = page_of(order)
    assert "No longer held" in page
    assert "Nothing was charged for it" in page
    for absent in ("Cancel this order", "Receipt", "/pay/", "What others will see"):
        assert absent not in page


def test_an_order_whose_payment_is_checked_says_so(buy):
    order = buy()
    flag_order(order_id=order.pk, reason="paid_twice", message="x")
    page = page_of(order)
    assert "Being checked" in page
    assert "paid_twice" not in page


def test_opening_the_page_sends_and_changes_nothing(buy):
    order = buy()
    mail.outbox.clear()
    before = Order.objects.values().get()
    page_of(order)
    assert Order.objects.values().get() == before
    assert mail.outbox == []


def test_the_page_reads_its_order_once_with_its_returns(buy):
    order = buy()
    with CaptureQueriesContext(connection) as captured:
        assert get_order_page(UUID(order.token)).returns.all == ()
    reads = [query["sql"] for query in captured if '"order_order"."token" = ' in query["sql"]]
    assert len(reads) == 1
