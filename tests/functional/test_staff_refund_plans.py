"""What staff see before a refund is sent, what they see afterwards, and what is not refunded."""

import html as escapes
from decimal import Decimal
from uuid import uuid4

import pytest
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.payment.models import Payment

from plugins.fulfilment.packing import fulfil
from plugins.inventory.ledger import check_ledger
from plugins.ordering.attention import flag_order
from plugins.ordering.models import Dispute, Refund
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.pieces import pieces_of
from tests import personas
from tests.factories import GiftCardFactory, UserFactory, variant_in_stock
from tests.functional.ordering.reading import pieces_held
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db(transaction=True)

ORDERS = "/staff/order/order/"


@pytest.fixture
def seller():
    return personas.staff("order.manage_orders")


@pytest.fixture
def order():
    """Two pieces at 26.00 and 3.95 for the delivery: 45.95 by payment, 10.00 by gift card."""
    card = GiftCardFactory(code="AAAABBBB1234", current_balance_amount="0.00")
    placed = builders.order(
        paid=True,
        total="45.95",
        shipping_price_gross_amount=Decimal("3.95"),
        private_metadata={"placement": {"gift_cards": {str(card.pk): "10.00"}}},
    )
    builders.line(placed, variant_in_stock(9, price="26.00", name="Size 2"), 2)
    return placed


def page(order, what="refund"):
    return f"{ORDERS}{order.pk}/{what}/"


def text(response):
    return " ".join(escapes.unescape(response.content.decode()).split())


def post(client, order, **fields):
    sent = {"key": uuid4(), "kind": "full", "reason": "Arrived late", **fields}
    return client.post(page(order), sent)


def test_the_parts_are_shown_before_anything_is_sent(seller, order):
    key = uuid4()
    shown = post(seller, order, key=key, seen="")
    said = text(shown)
    assert "£45.95 to the card, £10.00 to gift card ending 1234" in said
    assert "2 × " in said
    assert "Refund £55.95" in said
    assert not Refund.objects.exists()

    seen = shown.context["form"]["seen"].value()
    answer = post(seller, order, key=key, seen=seen)

    assert answer.status_code == 302
    after = text(seller.get(f"{ORDERS}{order.pk}/change/"))
    assert "£55.95 will go back to the customer" in after
    assert "£45.95 to the card, £10.00 to gift card ending 1234. Credit note CN-00001." in after
    assert "£45.95 to the card: Refunded" in after
    assert "£10.00 to gift card ending 1234: Refunded" in after
    assert Payment.objects.get().captured_amount == 0
    assert GiftCard.objects.get().current_balance_amount == 10


def test_a_plan_that_changed_since_it_was_seen_is_shown_again(seller, order):
    shown = post(seller, order, kind="amount", amount="5.00", seen="")
    seen = shown.context["form"]["seen"].value()
    again = post(seller, order, kind="amount", amount="6.00", seen=seen)
    assert "£6.00 to the card" in text(again)
    assert not Refund.objects.exists()


def test_a_card_that_has_expired_is_named_before(seller, order):
    GiftCard.objects.update(end_date="2020-01-01")
    said = text(post(seller, order, seen=""))
    assert "This gift card has expired: its balance goes up" in said


def test_which_pieces_is_asked_where_some_were_sent(seller, order):
    line = order.lines.get()
    fulfil(order_id=order.pk, pieces={line.pk: 1}, actor_id=UserFactory(is_staff=True).pk)
    assert f'name="which_{line.pk}"' in seller.get(page(order)).content.decode()

    named = {f"line_{line.pk}": "1"}
    assert "say which are meant" in text(post(seller, order, kind="lines", **named))
    assert not Refund.objects.exists()
    post(seller, order, kind="lines", **named, **{f"which_{line.pk}": "sent"})

    row = Refund.objects.get().lines.get()
    assert (row.which, row.pieces, str(row.amount_value)) == ("sent", 1, "26.00")
    assert pieces_held(line.variant) == 1
    assert pieces_of(order)[line.pk].written_off == 0


def test_the_delivery_goes_back_with_a_piece(seller, order):
    line = order.lines.get()
    post(seller, order, kind="lines", delivery="on", **{f"line_{line.pk}": "1"})
    refund = Refund.objects.get()
    assert (str(refund.amount_value), str(refund.delivery_value)) == ("29.95", "3.95")


def test_all_of_the_money_as_an_amount_says_that_pieces_are_left(seller, order):
    said = text(post(seller, order, kind="amount", amount="55.95"))
    assert "choose All that is left" in said
    assert not Refund.objects.exists()


def test_a_full_refund_leaves_no_list_and_holds_nothing(seller, order):
    line = order.lines.get()
    post(seller, order, restock="on")
    order.refresh_from_db()
    assert (order.status, pieces_held(line.variant)) == ("canceled", 0)
    for work in ("to_pack", "attention", "waiting"):
        shown = seller.get(ORDERS, {"work": work}).context["cl"].result_list
        assert order.pk not in [row.pk for row in shown]
    assert check_ledger().differences == ()


def test_an_order_with_gift_card_money_left_is_still_packed(seller):
    """All of the payment went back, but a piece that the gift card paid for is to be sent."""
    card = GiftCardFactory(initial_balance_amount="40.00", current_balance_amount="0.00")
    placed = builders.order(
        paid=True, total="15.00",
        private_metadata={"placement": {"gift_cards": {str(card.pk): "37.00"}}},
    )  # fmt: skip
    placed.gift_cards.add(card)
    line = builders.line(placed, variant_in_stock(9, price="26.00"), 2)
    post(seller, placed, kind="lines", restock="on", **{f"line_{line.pk}": "1"})
    assert Payment.objects.get().captured_amount == 0
    shown = seller.get(ORDERS, {"work": "to_pack"}).context["cl"].result_list
    assert placed.pk in [row.pk for row in shown]


# --- disputes


@pytest.mark.parametrize("reason", ["dispute", "dispute_lost"])
def test_a_disputed_order_offers_no_refund_and_says_why(seller, order, reason):
    flag_order(order_id=order.pk, reason=reason, message="x")
    said = text(seller.get(page(order)))
    assert "bank is looking into the payment" in said
    assert f'href="{page(order)}"' not in seller.get(f"{ORDERS}{order.pk}/change/").content.decode()
    assert "refund would fail or pay twice" in text(post(seller, order))
    assert not Refund.objects.exists()


def test_staff_are_told_in_their_words_why_it_cannot_be_cancelled(seller, order):
    flag_order(order_id=order.pk, reason="dispute", message="x")
    said = text(seller.get(page(order, "step")))
    assert "The customer's bank is looking into its payment" in said
    assert "Please write to us" not in said


@pytest.mark.parametrize(("step", "on_hand"), [("close", 9), ("write_off", 7)])
def test_a_lost_dispute_of_what_was_not_sent_is_closed(seller, order, step, on_hand):
    flag_order(order_id=order.pk, reason="dispute_lost", message="x")
    line = order.lines.get()
    version = seller.get(page(order, "step")).context["form"].initial["expected_version"]
    sent = {"step": step, "expected_version": version, "reason": "The bank has it"}
    said = text(seller.post(page(order, "step"), sent, follow=True))
    order = Order.objects.get()
    assert "The order is closed." in said
    assert (order.status, pieces_held(line.variant)) == ("canceled", 0)
    assert not attention_reasons(order)
    assert line.variant.stocks.get().quantity == on_hand
    assert check_ledger().differences == ()


def test_money_that_a_bank_has_does_not_count_as_taken(order):
    from dashboard.selectors.home import sales_by_day

    assert str(sales_by_day()[-1].taken) == "45.95"
    flag_order(order_id=order.pk, reason="dispute", message="x")
    assert (sales_by_day()[-1].orders, sales_by_day()[-1].taken) == (0, 0)


def test_money_that_was_lost_stays_lost_once_the_flag_is_gone(order):
    from dashboard.selectors.home import sales_by_day
    from plugins.ordering.refund_plans import refundable_amount

    Dispute.objects.create(
        payment=Payment.objects.get(), reference="dp_1", amount_value="45.95", currency="GBP",
        state="lost",
    )  # fmt: skip
    assert sales_by_day()[-1].taken == 0
    assert str(refundable_amount(order).amount) == "10.00"
