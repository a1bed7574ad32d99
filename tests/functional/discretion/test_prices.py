"""What options cost is the same number everywhere, whatever is combined."""

from decimal import Decimal
from re import search

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prices import Money
from saleor.discount import DiscountValueType, VoucherType
from saleor.order.models import Order
from saleor.payment.models import Payment

from plugins.discreet_shipping.choices import OPTIONS, Choices, to_data
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.plugin import current_settings, save_settings
from plugins.order_emails.messages import build_message
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.models import PaymentSession
from plugins.ordering.outcomes import TotalTooSmall
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.pricing import signed
from plugins.ordering.refunds import request_refund
from storefront.baskets import get_basket
from storefront.discretion import keep_choices
from tests.factories import (
    FakeProvider,
    GiftCardFactory,
    ShippingMethodFactory,
    VoucherFactory,
    basket,
    variant_in_stock,
)

pytestmark = pytest.mark.django_db(transaction=True)

amounts = st.decimals(min_value=0, max_value=20, places=2)
choices = st.builds(
    Choices,
    sender=st.sampled_from(["", "Mill Post Room"]),
    label_name=st.sampled_from(["own", "initials"]),
    handover=st.sampled_from(["any", "signature", "named"]),
    no_neighbour=st.booleans(),
    day=st.sampled_from(["any"]),
    slip=st.sampled_from(["none", "codes"]),
    messages=st.sampled_from(["neutral", "full"]),
    return_label=st.booleans(),
)
weekdays = st.lists(st.integers(0, 4), max_size=3, unique=True)
vouchers = st.sampled_from([None, "order", "free shipping", "some shipping"])


@pytest.fixture(autouse=True)
def _shop(settings):
    settings.PAYMENT_PROVIDER = "tests.factories.provider.FakeProvider"
    FakeProvider.reset()


def voucher_of(kind):
    if kind is None:
        return None
    shipping = {"type": VoucherType.SHIPPING}
    percent = {"discount_value_type": DiscountValueType.PERCENTAGE, "discount_value": "100"}
    extra = {"order": {}, "free shipping": shipping | percent,
             "some shipping": shipping | {"discount_value": "2.00"}}[kind]  # fmt: skip
    return VoucherFactory(**extra)


@given(
    chosen=choices,
    days=weekdays,
    price=amounts,
    delivery=amounts,
    option=st.dictionaries(st.sampled_from(list(OPTIONS)), amounts),
    voucher=vouchers,
    card=st.one_of(st.none(), st.decimals(min_value=1, max_value=90, places=2)),
    quantity=st.integers(1, 3),
)
@hypothesis_settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_basket_checkout_order_payment_and_email_agree(
    chosen, days, price, delivery, option, voucher, card, quantity
):
    with transaction.atomic():
        agree(chosen, days, price, delivery, option, voucher, card, quantity)
        transaction.set_rollback(True)


def agree(chosen, days, price, delivery, option, voucher, card, quantity):
    save_settings(values={f"{key}_price": str(cost) for key, cost in option.items()}, active=True)
    data = to_data(chosen) | ({"day": "weekdays", "weekdays": days} if days else {})
    method = ShippingMethodFactory(price_amount=delivery)
    method.price_amount = delivery
    method.save()
    checkout = basket(
        (variant_in_stock(9, price=str(price)), quantity),
        voucher=voucher_of(voucher),
        cards=[GiftCardFactory(initial_balance_amount=card)] if card else [],
        shipping_method=method,
    )
    keep_choices(token=checkout.pk, data=data)
    shown = get_basket(checkout.pk)
    rules = current_settings()
    contract_sum = sum((rules.options[key].price for key in used(data, rules)), Decimal("0.00"))
    assert shown.delivery == Money(delivery + contract_sum, "GBP")

    if 0 < shown.due.amount < FakeProvider().smallest_charge(currency="GBP").amount:
        with pytest.raises(TotalTooSmall):
            place_order(checkout_token=checkout.pk, shown=signed(shown.picture))
        return
    placed = place_order(checkout_token=checkout.pk, shown=signed(shown.picture))
    order = Order.objects.get(pk=placed.order_id)
    session = PaymentSession.objects.get(order=order)
    assert shown.due == placed.total == order.total_gross == session.amount
    assert shown.delivery == order.shipping_price_gross
    contract = contract_of(order)
    assert contract["delivery"] == str(order.shipping_price_gross_amount)
    assert sum((Decimal(p) for _k, _n, p in contract["options"]), Decimal(0)) == contract_sum
    assert shown.totals.total == shown.totals.subtotal + shown.delivery - shown.totals.discount
    assert emailed(order) == (shown.totals.total, shown.delivery)


def used(data, rules):
    from plugins.discreet_shipping.choices import parse
    from plugins.discreet_shipping.policies import used_options

    return used_options(parse(data), rules)


def emailed(order):
    """Return total and delivery as the confirmation names them."""
    row = OutgoingEmail.objects.create(
        order=order, kind="order_confirmed", dedup_key="test", message_id=f"<{order.pk}@test>",
        next_try_at=order.created,
    )  # fmt: skip
    body = build_message(row).body
    total, delivery = (search(rf"\n{name}: £([\d,.]+)", body)[1] for name in ("Total", "Delivery"))
    return tuple(Money(Decimal(text.replace(",", "")), "GBP") for text in (total, delivery))


def test_what_is_asked_for_taken_and_given_back_is_the_same_amount():
    checkout = basket((variant_in_stock(9), 1))
    keep_choices(token=checkout.pk, data={"handover": "named", "day": "weekdays", "weekdays": [1]})
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    assert placed.total == Money("56.00", "GBP")  # 49.00 + 3.50 + 2.50 + 1.00
    assert FakeProvider.calls[-1][1]["amount"] == placed.total
    session = PaymentSession.objects.get()
    record_payment(provider="fake", reference=session.reference, amount=placed.total, raw_id="ch_1")
    assert Payment.objects.get().captured_amount == Decimal("56.00")
    assert "Total: £56.00" in mail.outbox[0].body
    request_refund(order_id=placed.order_id, key="all", reason="Came back.")
    assert FakeProvider.calls[-1][1]["amount"] == placed.total


def test_changed_choices_or_a_changed_price_make_a_new_order():
    checkout = basket((variant_in_stock(9), 1))
    first = place_order(checkout_token=checkout.pk)
    assert place_order(checkout_token=checkout.pk).order_id == first.order_id
    keep_choices(token=checkout.pk, data={"handover": "signature"})
    second = place_order(checkout_token=checkout.pk)
    assert (second.created, second.total) == (True, Money("54.00", "GBP"))
    save_settings(values={"signature_price": "4.00"}, active=True)
    third = place_order(checkout_token=checkout.pk)
    assert (third.created, third.total) == (True, Money("56.50", "GBP"))
    assert Order.objects.exclude(status="canceled").count() == 1


def test_free_shipping_covers_options_too():
    voucher = voucher_of("free shipping")
    checkout = basket((variant_in_stock(9), 1), voucher=voucher)
    keep_choices(token=checkout.pk, data={"handover": "signature"})
    shown = get_basket(checkout.pk)
    assert (shown.delivery, shown.due) == (Money("5.00", "GBP"), Money("49.00", "GBP"))
    assert place_order(checkout_token=checkout.pk).total == shown.due
