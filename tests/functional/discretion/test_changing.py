"""Changing the parcel after ordering: until packing begins, re-priced and promised anew."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from prices import Money
from saleor.discount import DiscountValueType, VoucherType
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.discreet_shipping.changes import change_choices
from plugins.discreet_shipping.choices import Choices, ChoicesRefused
from plugins.discreet_shipping.order_contract import (
    contract_of,
    remember_choices,
    remembered_choices,
)
from plugins.discreet_shipping.plugin import save_settings
from plugins.discreet_shipping.policies import ChangeRefused
from plugins.fulfilment.packing import start_packing
from plugins.fulfilment.policies import PackingRefused
from plugins.ordering.models import PaymentSession, Refund, RefundPart, RefundStatus
from plugins.ordering.outcomes import TotalTooSmall
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order
from storefront.baskets import get_basket
from storefront.discretion import keep_choices
from tests.factories import (
    GiftCardFactory,
    ShippingMethodFactory,
    UserFactory,
    VoucherFactory,
    basket,
    variant_in_stock,
)
from tests.personas import anonymous, link_holder, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    """A paid order with a signature (1.50)."""
    checkout = basket((variant_in_stock(9), 1))
    keep_choices(token=checkout.pk, data={"handover": "signature"})
    placed = place_order(checkout_token=checkout.pk)
    start_payment(order_id=placed.order_id)
    reference = PaymentSession.objects.get().reference
    record_payment(provider="fake", reference=reference, amount=placed.total, raw_id="ch_1")
    return Order.objects.get()


def test_less_is_given_back_once_and_the_contract_is_new(order):
    assert change_choices(order_id=order.pk, data={}) == Money("1.50", "GBP")
    assert [refund.amount for refund in Refund.objects.all()] == [Money("1.50", "GBP")]
    order.refresh_from_db()
    assert contract_of(order)["label"]["marks"] == []
    assert contract_of(order)["options"] == []
    assert change_choices(order_id=order.pk, data={"slip": "codes"}) == Money("0.00", "GBP")
    assert Refund.objects.count() == 1


def test_more_is_refused_with_the_difference_and_nothing_is_changed(order):
    before = order.metadata
    with pytest.raises(ChangeRefused, match=r"1\.00 GBP more"):
        change_choices(order_id=order.pk, data={"handover": "named"})
    with pytest.raises(ChoicesRefused, match="sender names"):
        change_choices(order_id=order.pk, data={"sender": "Somebody"})
    order.refresh_from_db()
    assert (order.metadata, Refund.objects.count()) == (before, 0)


def test_once_packing_has_begun_nothing_changes(order):
    start_packing(order_id=order.pk, user=UserFactory(is_staff=True))
    with pytest.raises(ChangeRefused, match="begun to pack"):
        change_choices(order_id=order.pk, data={})
    page = link_holder(order).post(f"/orders/{order.token}/discretion/", {"handover": "any"})
    assert page.status_code == 409
    assert "We have begun to pack your parcel" in page.content.decode()


def test_unpaid_orders_are_changed_in_the_checkout():
    placed = place_order(checkout_token=basket((variant_in_stock(9), 1)).pk)
    with pytest.raises(ChangeRefused, match="not paid yet"):
        change_choices(order_id=placed.order_id, data={})
    with pytest.raises(PackingRefused, match="Only a paid order"):
        start_packing(order_id=placed.order_id, user=UserFactory())


def test_sheets_are_for_those_who_manage_orders(order):
    address = f"/staff/order/order/{order.pk}/document/label/4x6.pdf"
    packer = staff("order.manage_orders")
    answer = packer.get(address)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert packer.get(address.replace("pdf", "png")).content[:4] == b"\x89PNG"
    assert packer.get(address.replace("4x6", "a4")).status_code == 404
    assert packer.get(address.replace("/label/", "/slip/")).status_code == 404
    assert staff("product.manage_products").get(address).status_code == 403
    assert anonymous().get(address).status_code == 302


def test_choices_are_remembered_only_for_those_who_ask():
    user, chosen = UserFactory(), Choices(label_name="initials", code_word="Bluebell")
    remember_choices(user=user, choices=chosen, asked=False)
    assert remembered_choices(user=user) is None
    remember_choices(user=user, choices=chosen, asked=True)
    assert remembered_choices(user=user) == Choices(label_name="initials")
    remember_choices(user=user, choices=chosen, asked=False)
    assert remembered_choices(user=user) is None


amounts = st.decimals(min_value=0, max_value=9, places=2)
vouchers = st.sampled_from([
    None,
    {},
    {"type": VoucherType.SHIPPING, "discount_value": "2.00"},
    {"type": VoucherType.SHIPPING, "discount_value": "50",
     "discount_value_type": DiscountValueType.PERCENTAGE},
    {"type": VoucherType.SHIPPING, "discount_value": "100",
     "discount_value_type": DiscountValueType.PERCENTAGE},
])  # fmt: skip
DEAR = {"handover": "named", "slip": "codes", "return_label": True, "day": "weekdays",
        "weekdays": [1]}  # fmt: skip
steps = st.lists(
    st.sampled_from([
        {"handover": "named", "slip": "codes", "return_label": True},
        {"handover": "named", "return_label": True},
        {"handover": "named", "slip": "codes"},
        {"handover": "named"},
        {},
    ]),
    min_size=1,
    max_size=3,
)  # fmt: skip


@given(
    prices=st.fixed_dictionaries(
        {f"{key}_price": amounts for key in ("named", "day", "slip", "return_label")}
    ),
    price=st.decimals(min_value=1, max_value=20, places=2),
    delivery=amounts,
    voucher=vouchers,
    card=st.one_of(st.none(), st.decimals(min_value=1, max_value=60, places=2)),
    changes=steps,
)
@example(  # more goes back than the payment was: the rest goes to the gift card
    prices={"named_price": Decimal("2.06"), "return_label_price": Decimal("6.63")},
    price=Decimal("1.75"),
    delivery=Decimal("2.05"),
    voucher=None,
    card=Decimal("6.31"),
    changes=[{}],
)
@example(  # and the next goes to the card alone, at once
    prices={"named_price": Decimal("1.67"), "return_label_price": Decimal("6.88")},
    price=Decimal("1.14"),
    delivery=Decimal("3.24"),
    voucher={"type": "shipping", "discount_value": "2.00"},
    card=Decimal("9.07"),
    changes=[{"handover": "named"}, {}],
)
@hypothesis_settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # making an example smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_goes_back_is_what_the_order_would_have_cost_less(
    prices, price, delivery, voucher, card, changes
):
    """The model: the same basket, ordered with the last choices from the start."""
    with transaction.atomic():
        less_is_given_back(prices, price, delivery, voucher, card, changes)
        transaction.set_rollback(True)


def less_is_given_back(prices, price, delivery, voucher, card, changes):
    save_settings(values={key: str(value) for key, value in prices.items()}, active=True)
    method = ShippingMethodFactory()
    ShippingMethodFactory._meta.model.objects.filter(pk=method.pk).update(price_amount=delivery)
    method.refresh_from_db()
    checkout = basket(
        (variant_in_stock(9, price=str(price)), 1),
        voucher=None if voucher is None else VoucherFactory(**voucher),
        cards=[GiftCardFactory(initial_balance_amount=card)] if card else [],
        shipping_method=method,
    )
    would_cost = {}
    for index, data in enumerate([*changes, DEAR]):  # before any money is taken
        keep_choices(token=checkout.pk, data=data)
        shown = get_basket(checkout.pk)
        would_cost[index] = shown.totals.total.amount
    paid = place_and_pay(checkout, pay=pay_without_provider)
    assume(paid is not None)
    dear, given, was = would_cost[len(changes)], Decimal(0), surcharge_of(paid)
    for index, data in enumerate(changes):
        try:
            given += change_choices(order_id=paid.pk, data=data).amount
        except ChangeRefused:  # dearer than what stands: nothing changes
            assert surcharge_of(paid) == was
            continue
        paid.refresh_from_db()
        was = surcharge_of(paid)
        assert dear - given == would_cost[index]
    refunded = sum((refund.amount_value for refund in Refund.objects.all()), Decimal(0))
    on_cards = sum((c.current_balance_amount for c in GiftCard.objects.all()), Decimal(0))
    used = dear - paid.total_gross_amount
    assert refunded == given
    there = RefundPart.objects.exclude(gift_card=None).filter(state=RefundStatus.SUCCEEDED)
    back = sum(part.amount_value for part in there)
    assert on_cards == (card or 0) - used + back, "a card is given back at once or not yet"
    to_payment = RefundPart.objects.exclude(payment=None)
    assert sum(part.amount_value for part in to_payment) <= paid.total_gross_amount


def surcharge_of(order):
    return sum(Decimal(cost) for _key, _name, cost in contract_of(order)["options"])


UNPAYABLE = object()


def pay_without_provider(*, order_id):
    """Open the session as a provider would: no provider may be asked inside a transaction."""
    session = PaymentSession.objects.filter(order_id=order_id, amount_value__gt=0)
    opened = {"provider": "fake", "reference": f"cs_{order_id}", "state": "open"}
    return None if session.update(**opened) else UNPAYABLE


def place_and_pay(checkout, pay=start_payment):
    try:
        placed = place_order(checkout_token=checkout.pk)
    except TotalTooSmall:
        return None
    if pay(order_id=placed.order_id) is UNPAYABLE:
        return None
    session = PaymentSession.objects.get(order_id=placed.order_id)
    if placed.total.amount:
        record_payment(
            provider="fake", reference=session.reference, amount=placed.total, raw_id="ch_1"
        )
    return Order.objects.get(pk=placed.order_id)


def test_what_a_gift_card_paid_goes_back_to_it_once_also_when_the_order_is_cancelled():
    card = GiftCardFactory(initial_balance_amount="80.00")
    checkout = basket((variant_in_stock(9), 1), cards=[card])
    keep_choices(token=checkout.pk, data={"handover": "signature"})
    order = place_and_pay(checkout)
    assert order.total_gross_amount == 0
    assert change_choices(order_id=order.pk, data={}) == Money("1.50", "GBP")
    card.refresh_from_db()
    assert card.current_balance_amount == Decimal("27.50")  # 80.00 - 49.00 - 3.50
    assert [refund.sent_back for refund in Refund.objects.all()] == [Money("1.50", "GBP")]
    cancel_order(order_id=order.pk, actor_id=None, reason="Asked for.")
    card.refresh_from_db()
    assert card.current_balance_amount == Decimal("80.00")
