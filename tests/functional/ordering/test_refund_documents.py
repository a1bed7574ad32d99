"""Refunds as documents: what was paid for each piece goes back to where the money came from."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderEvent
from saleor.payment.models import Payment
from saleor.product.models import Category
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.returns import record_return
from plugins.ordering.models import PaymentSession, PieceState, Refund, RefundPart
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import RefundRefused
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.pieces import pieces_to_send
from plugins.ordering.placing import place_order
from plugins.ordering.refund_plans import RefundWish
from plugins.ordering.refunds import cancel_order, preview_refund, request_refund
from tests.factories import GiftCardFactory, UserFactory, VoucherFactory, basket, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.functional.ordering.reading import pieces_free, pieces_held
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)


def gbp(amount):
    return Money(Decimal(amount), "GBP")


def pay(checkout):
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    session = PaymentSession.objects.get(order_id=placed.order_id)
    if session.state != "paid":
        record_payment(
            provider="fake", reference=session.reference, amount=placed.total,
            raw_id=f"ch_{session.reference}",
        )  # fmt: skip
    return Order.objects.get(pk=placed.order_id)


def goods(price, stock=20):
    return variant_in_stock(stock, price=price)


def refund(order, key, **details):
    return request_refund(order_id=order.pk, key=key, reason="x", **details)


def line_of(order, variant):
    return order.lines.get(variant=variant)


def parts(outcome):
    rows = RefundPart.objects.filter(refund_id=outcome.refund_id).order_by("pk")
    return [
        ("card" if row.gift_card_id else "payment", str(row.amount_value), row.state)
        for row in rows
    ]


def send(order, *pieces):
    clerk = UserFactory(is_staff=True)
    fulfil(order_id=order.pk, pieces=dict(pieces), actor_id=clerk.pk)
    return Order.objects.get(pk=order.pk)


# --- what was paid for a piece


def test_a_code_for_a_category_is_off_what_stands_below_it_and_nothing_else():
    gel, kit = goods("8.50"), goods("32.00")
    below = gel.product.category
    above = Category.objects.create(name="Above", slug="above")
    below.parent = above
    below.save()
    kit.product.category = Category.objects.create(name="Other", slug="other")
    kit.product.save()
    voucher = VoucherFactory(
        type="specific_product", discount_value_type="percentage", discount_value="100"
    )
    voucher.categories.add(above)
    order = pay(basket((gel, 1), (kit, 1), voucher=voucher))
    assert refund(order, "gel", lines={line_of(order, gel).pk: 1}).amount == gbp("0.00")
    assert refund(order, "kit", lines={line_of(order, kit).pk: 1}).amount == gbp("32.00")


def test_a_code_for_certain_products_is_taken_off_these_alone(provider):
    gel, kit = goods("8.50"), goods("32.00")
    voucher = VoucherFactory(
        type="specific_product", discount_value_type="percentage", discount_value="100"
    )
    voucher.products.add(gel.product)
    order = pay(basket((gel, 1), (kit, 1), voucher=voucher))
    assert refund(order, "gel", lines={line_of(order, gel).pk: 1}).amount == gbp("0.00")
    assert refund(order, "kit", lines={line_of(order, kit).pk: 1}).amount == gbp("32.00")


def test_seven_pieces_of_a_discounted_line_add_up_to_what_was_paid(provider):
    variant = goods("12.00")
    order = pay(basket((variant, 7), voucher=VoucherFactory(discount_value="5.00")))
    line = order.lines.get().pk
    amounts = [refund(order, f"k{n}", lines={line: 1}).amount.amount for n in range(7)]
    assert amounts == [Decimal("11.29")] * 6 + [Decimal("11.26")]
    assert sum(amounts) == Decimal("79.00")


def test_a_code_that_applies_once_is_taken_off_one_piece(provider):
    cheap, dear = goods("12.00"), goods("30.00")
    voucher = VoucherFactory(
        type="specific_product", apply_once_per_order=True, discount_value="5.00"
    )
    order = pay(basket((cheap, 2), (dear, 1), voucher=voucher))
    assert order.discount_amount == 5
    line = line_of(order, cheap).pk
    assert refund(order, "dear", lines={line_of(order, dear).pk: 1}).amount == gbp("30.00")
    assert refund(order, "first", lines={line: 1}).amount == gbp("12.00")
    assert refund(order, "second", lines={line: 1}).amount == gbp("7.00")


def test_a_code_for_the_whole_order_is_spread_to_the_cent(provider):
    variants = [goods("10.00"), goods("10.00"), goods("10.00")]
    order = pay(basket(*((v, 1) for v in variants), voucher=VoucherFactory(discount_value="10.00")))
    lines = order.lines.order_by("pk")
    amounts = [refund(order, f"k{x.pk}", lines={x.pk: 1}).amount.amount for x in lines]
    assert sum(amounts) == Decimal("20.00")
    assert set(amounts) == {Decimal("6.67"), Decimal("6.66")}


def test_a_code_for_delivery_is_taken_off_the_delivery(provider):
    order = pay(basket((goods("12.00"), 1), voucher=VoucherFactory(
        type="shipping", discount_value="2.00")))  # fmt: skip
    line = order.lines.get().pk
    assert refund(order, "goods", lines={line: 1}).amount == gbp("12.00")
    with pytest.raises(RefundRefused, match=r"only 1.50 GBP is left|only 1.50 is left"):
        refund(order, "delivery", delivery=gbp("3.50"))
    assert refund(order, "delivery", delivery=gbp("1.50")).amount == gbp("1.50")


def test_what_a_code_took_off_is_kept_as_it_was_when_the_order_was_placed(provider):
    gel, kit = goods("8.50"), goods("32.00")
    voucher = VoucherFactory(
        type="specific_product", discount_value_type="percentage", discount_value="100"
    )
    voucher.products.add(gel.product)
    order = pay(basket((gel, 1), (kit, 1), voucher=voucher))
    voucher.products.set([kit.product])
    assert refund(order, "kit", lines={line_of(order, kit).pk: 1}).amount == gbp("32.00")


def test_all_that_is_left_names_lines_delivery_and_nothing_else(provider):
    order = pay(basket((goods("12.00"), 2), voucher=VoucherFactory(discount_value="5.00")))
    refund(order, "one", lines={order.lines.get().pk: 1})
    rest = Refund.objects.get(pk=refund(order, "rest").refund_id)
    assert [(row.pieces, str(row.amount_value)) for row in rest.lines.all()] == [(1, "9.50")]
    assert (str(rest.delivery_value), str(rest.free_value)) == ("3.50", "0.00")


def test_less_may_be_given_for_a_piece_and_the_next_is_not_dearer_for_that(provider):
    order = pay(basket((goods("26.00"), 2)))
    line = order.lines.get().pk
    assert refund(order, "worn", lines={line: 1}, amount=gbp("20.00")).amount == gbp("20.00")
    row = Refund.objects.get().lines.get()
    assert (str(row.price_value), str(row.amount_value)) == ("26.00", "20.00")
    assert refund(order, "next", lines={line: 1}).amount == gbp("26.00")


# --- to where it goes


@pytest.fixture
def split_order(provider):
    """An order of 55.95: 10.00 by gift card and 45.95 by payment."""
    card = GiftCardFactory(initial_balance_amount="10.00", code="AAAABBBB1234")
    variant = goods("26.00")
    checkout = basket((variant, 2), cards=[card])
    checkout.shipping_method.price_amount = Decimal("3.95")
    checkout.shipping_method.save()
    order = pay(checkout)
    assert order.total_gross_amount == Decimal("45.95")
    return order


def test_payment_first_and_the_rest_to_the_gift_card(split_order):
    line = split_order.lines.get().pk
    sent = send(split_order, (line, 2))
    plan = preview_refund(order_id=sent.pk, wish=RefundWish())
    assert [(share.source.name, str(share.amount.amount)) for share in plan.shares] == [
        ("the card", "45.95"), ("gift card ending 1234", "10.00"),
    ]  # fmt: skip
    outcome = refund(sent, "all")
    assert parts(outcome) == [("payment", "45.95", "succeeded"), ("card", "10.00", "succeeded")]
    assert GiftCard.objects.get().current_balance_amount == 10
    assert Payment.objects.get().captured_amount == 0
    with pytest.raises(RefundRefused):
        refund(sent, "more", amount=gbp("0.01"))


def test_the_owner_may_want_gift_cards_first(split_order, settings):
    settings.REFUND_FIRST_TO = "gift_card"
    outcome = refund(split_order, "some", amount=gbp("12.00"))
    assert parts(outcome) == [("card", "10.00", "succeeded"), ("payment", "2.00", "succeeded")]
    assert Payment.objects.get().captured_amount == Decimal("43.95")


def test_an_order_that_a_gift_card_paid_goes_back_to_it(provider):
    card = GiftCardFactory(initial_balance_amount="100.00")
    order = pay(basket((goods("26.00"), 2), cards=[card]))
    assert order.total_gross_amount == 0
    order = send(order, (order.lines.get().pk, 2))
    outcome = refund(order, "all")
    assert (outcome.amount, outcome.state) == (gbp("55.50"), "succeeded")
    assert GiftCard.objects.get().current_balance_amount == 100
    assert Refund.objects.get().number == 1


def test_cancelling_after_a_part_gives_back_the_rest_and_no_more(split_order, settings):
    settings.REFUND_FIRST_TO = "gift_card"
    refund(split_order, "some", amount=gbp("4.00"))
    assert GiftCard.objects.get().current_balance_amount == 4
    cancel_order(order_id=split_order.pk, actor_id=None, reason="x")
    assert GiftCard.objects.get().current_balance_amount == 10
    assert Payment.objects.get().captured_amount == 0
    back = sum(part.amount_value for part in RefundPart.objects.filter(state="succeeded"))
    assert back == Decimal("55.95")
    with pytest.raises(RefundRefused):
        refund(split_order, "again")


def test_a_refund_that_the_provider_refuses_gives_nothing_to_the_gift_card(split_order, provider):
    provider.refunds["all"] = RefundState("failed", error="no")
    outcome = refund(split_order, "all")
    assert [state for _, _, state in parts(outcome)] == ["failed", "failed"]
    assert (Refund.objects.get().state, Refund.objects.get().number) == ("failed", None)
    assert GiftCard.objects.get().current_balance_amount == 0
    again = refund(split_order, "again")
    assert again.amount == gbp("55.95")
    assert GiftCard.objects.get().current_balance_amount == 10


def test_an_unpaid_or_released_order_refunds_no_gift_card(provider):
    from plugins.ordering.ending import release_order

    card = GiftCardFactory(initial_balance_amount="10.00")
    placed = place_order(checkout_token=basket((goods("26.00"), 1), cards=[card]).pk)
    order = Order.objects.get(pk=placed.order_id)
    with pytest.raises(RefundRefused):
        refund(order, "early")
    release_order(order_id=order.pk, reason="Not paid in time.")
    assert GiftCard.objects.get().current_balance_amount == 10
    with pytest.raises(RefundRefused):
        refund(order, "late")
    assert GiftCard.objects.get().current_balance_amount == 10


@pytest.mark.parametrize("change", ["expired", "deactivated"])
def test_a_gift_card_that_cannot_be_spent_gets_its_money_and_staff_are_told(
    split_order, change, settings
):
    from plugins.order_emails.models import OutgoingEmail

    settings.STAFF_EMAILS = ["staff@example.org"]
    yesterday = timezone.localdate() - timedelta(days=1)
    values = {"end_date": yesterday} if change == "expired" else {"is_active": False}
    GiftCard.objects.update(**values)
    plan = preview_refund(order_id=split_order.pk, wish=RefundWish())
    said = "has expired" if change == "expired" else "is deactivated"
    assert said in plan.shares[1].source.warning
    refund(split_order, "all")
    assert GiftCard.objects.get().current_balance_amount == 10
    notes = OrderEvent.objects.filter(type="note_added").values_list("parameters", flat=True)
    assert any(said in note["message"] for note in notes)
    assert OutgoingEmail.objects.filter(kind="payment_attention").count() == 1


# --- which pieces


@pytest.fixture
def half_sent(provider):
    """An order of two pieces at 26.00, one of which was sent."""
    order = pay(basket((goods("26.00"), 2)))
    return send(order, (order.lines.get().pk, 1))


def test_it_must_be_said_which_where_one_was_sent_and_one_not(half_sent):
    line = half_sent.lines.get()
    with pytest.raises(RefundRefused, match="say which are meant"):
        refund(half_sent, "k", lines={line.pk: 1})
    assert not Refund.objects.exists()


def test_a_sent_piece_that_broke_leaves_the_other_to_be_sent(half_sent):
    line = half_sent.lines.get()
    refund(half_sent, "k", lines={line.pk: 1}, which={line.pk: PieceState.SENT})
    half_sent.refresh_from_db()
    assert pieces_to_send(half_sent) == {line.pk: 1}
    assert half_sent.status == "partially fulfilled"
    assert (pieces_held(line.variant), Stock.objects.get().quantity) == (1, 19)


def test_an_unsent_piece_is_cancelled_and_free_or_written_off(half_sent):
    line = half_sent.lines.get()
    refund(half_sent, "k", lines={line.pk: 1}, which={line.pk: PieceState.UNSENT}, restock=True)
    half_sent.refresh_from_db()
    assert (pieces_to_send(half_sent), half_sent.status) == ({}, "fulfilled")
    assert (pieces_held(line.variant), pieces_free(line.variant)) == (0, 19)


def test_no_more_of_a_place_than_is_there(half_sent):
    line = half_sent.lines.get()
    with pytest.raises(RefundRefused, match="only 0 of the pieces left are: came back"):
        refund(half_sent, "k", lines={line.pk: 1}, which={line.pk: PieceState.RETURNED})


def test_a_return_and_a_refund_put_one_piece_back_once(provider):
    order = pay(basket((goods("26.00"), 2)))
    line = order.lines.get()
    order = send(order, (line.pk, 2))
    clerk = UserFactory(is_staff=True)
    record_return(
        order_id=order.pk, pieces={line.pk: 1}, sealed=True, sound=True, actor_id=clerk.pk
    )
    assert Stock.objects.get().quantity == 19
    refund(order, "k", lines={line.pk: 1}, restock=True)
    assert Stock.objects.get().quantity == 19


def test_a_refund_that_puts_back_and_a_return_put_one_piece_back_once(provider):
    order = pay(basket((goods("26.00"), 1)))
    line = order.lines.get()
    order = send(order, (line.pk, 1))
    refund(order, "k", lines={line.pk: 1}, restock=True)
    assert Stock.objects.get().quantity == 20
    clerk = UserFactory(is_staff=True)
    with pytest.raises(Exception, match="only 0 were sent"):
        record_return(
            order_id=order.pk, pieces={line.pk: 1}, sealed=True, sound=True, actor_id=clerk.pk
        )
    assert Stock.objects.get().quantity == 20


# --- the end of an order


@pytest.mark.parametrize(("restock", "left"), [(True, 20), (False, 18)])
def test_a_full_refund_of_what_was_not_sent_closes_the_order(provider, restock, left):
    order = pay(basket((goods("26.00"), 2)))
    refund(order, "all", restock=restock)
    order.refresh_from_db()
    variant = order.lines.get().variant
    assert (order.status, pieces_held(variant)) == ("canceled", 0)
    assert Stock.objects.get().quantity == left


def test_an_order_that_lost_its_money_but_not_its_pieces_is_for_staff(provider):
    order = pay(basket((goods("26.00"), 2)))
    refund(order, "all", amount=order.total.gross)
    order.refresh_from_db()
    assert attention_reasons(order) == ["refunded_not_closed"]


# --- credit notes


def test_twenty_refunds_at_once_leave_no_gap_in_the_numbers(provider):
    orders = [pay(basket((goods("26.00"), 1))) for _ in range(20)]
    for order in orders[::4]:
        provider.refunds[f"r{order.pk}"] = RefundState("failed", error="no")
    at_once(*[partial(refund, order, f"r{order.pk}") for order in orders])
    numbers = sorted(Refund.objects.exclude(number=None).values_list("number", flat=True))
    assert numbers == list(range(1, 16))
    assert Refund.objects.filter(state="failed", number=None).count() == 5


def test_a_transaction_that_fails_gives_its_number_back(provider, monkeypatch):
    order = pay(basket((goods("26.00"), 1)))

    def fail(self, order):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("plugins.ordering.refunds._publish", lambda _: None)
        first = refund(order, "a", amount=gbp("1.00"))
    with monkeypatch.context() as patch:
        patch.setattr("saleor.plugins.manager.PluginsManager.order_updated", fail)
        with pytest.raises(RuntimeError):
            record_refund(refund_id=first.refund_id, state=RefundState("succeeded", "re"))
    record_refund(refund_id=first.refund_id, state=RefundState("succeeded", "re"))
    assert Refund.objects.get().credit_note == "CN-00001"
