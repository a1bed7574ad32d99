"""Any basket, with changes by staff and customer between any two steps: shown is bound is charged.

`--random-baskets N` tries N of them.
"""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from prices import Money
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.discount.models import Sale, Voucher, VoucherCustomer
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order
from saleor.product.models import Product
from saleor.shipping.models import ShippingMethod

from plugins.order_emails.messages import build_message
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering import outcomes
from plugins.ordering.ending import release_order
from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from plugins.ordering.pricing import read_signed, signed
from plugins.ordering.totals import totals_of_order
from storefront.basket_changes import apply_code
from storefront.baskets import get_basket
from storefront.checkout import list_delivery_methods, set_delivery
from storefront.receipts import get_receipt
from storefront.wording import CodeRefused
from tests.factories import GiftCardFactory, ShippingMethodFactory, VoucherFactory, basket
from tests.factories import variant_in_stock as in_stock

pytestmark = pytest.mark.django_db
MAX_STEPS = 6
amounts = some.decimals(min_value=0, max_value=60, places=2)
kinds = some.sampled_from(["entire_order", "shipping", "specific_product"])
bounds = some.one_of(some.none(), some.decimals(min_value=0, max_value=150, places=0))


class RandomShop:
    """One basket, what staff may change about it, and what its customer may do with it."""

    def __init__(self, draw):
        self.draw = draw
        ShippingMethodFactory(name="Always", price_amount=draw(amounts))
        ShippingMethodFactory(
            name="Bounded", price_amount=draw(amounts),
            minimum_order_price_amount=draw(bounds), maximum_order_price_amount=draw(bounds),
        )  # fmt: skip
        prices = draw(some.lists(amounts, min_size=1, max_size=6))
        lines = [(in_stock(200, price=str(price)), draw(some.integers(1, 4))) for price in prices]
        self.products = [variant.product for variant, _ in lines]
        self.voucher = self.new_voucher()
        cards = [
            GiftCardFactory(initial_balance_amount=amount)
            for amount in draw(some.lists(some.decimals(1, 200, places=2), max_size=3))
        ]
        self.checkout = basket(*lines, cards=cards, shipping_method=None)
        self.deliver()
        with suppress(CodeRefused):
            apply_code(token=self.checkout.pk, code=self.voucher.code)
        self.orders = 0

    def new_voucher(self):
        draw, kind = self.draw, self.draw(kinds)
        specific = kind == "specific_product"
        voucher = VoucherFactory(
            type=kind,
            discount_value_type=draw(some.sampled_from(["fixed", "percentage"])),
            discount_value=draw(some.integers(1, 100)),
            min_spent_amount=draw(bounds),
            min_checkout_items_quantity=draw(some.one_of(some.none(), some.integers(1, 6))),
            usage_limit=draw(some.sampled_from([None, 1, 3])),
            apply_once_per_customer=draw(some.booleans()),
            apply_once_per_order=specific and draw(some.booleans()),
            countries=draw(some.sampled_from([[], ["GB"], ["FR"]])),
        )
        if specific:
            voucher.products.set([draw(some.sampled_from(self.products))])
        return voucher

    # What staff change.

    def reprice(self):
        product = self.draw(some.sampled_from(self.products))
        Product.objects.filter(pk=product.pk).update(price_amount=self.draw(amounts))

    def begin_sale(self):
        kind = self.draw(some.sampled_from(["fixed", "percentage"]))
        sale = Sale.objects.create(name="Less", type=kind, value=self.draw(some.integers(1, 100)))
        sale.products.set([self.draw(some.sampled_from(self.products))])

    def end_sales(self):
        Sale.objects.update(end_date=timezone.now() - timedelta(seconds=1))

    def change_code(self):
        Voucher.objects.update(discount_value=self.draw(some.integers(1, 100)))

    def raise_minimum(self):
        Voucher.objects.update(min_spent_amount=self.draw(bounds))

    def end_code(self):
        Voucher.objects.update(end_date=timezone.now() - timedelta(seconds=1))

    def change_delivery(self):
        ShippingMethod.objects.filter(name="Always").update(price_amount=self.draw(amounts))
        ShippingMethod.objects.filter(name="Bounded").update(
            minimum_order_price_amount=self.draw(bounds), price_amount=self.draw(amounts)
        )

    def stop_card(self):
        card = GiftCard.objects.first()
        GiftCard.objects.filter(pk=card and card.pk).update(is_active=self.draw(some.booleans()))

    def charge_card(self):
        """Somebody else pays with it."""
        card = GiftCard.objects.filter(current_balance_amount__gt=0).last()
        left = card and card.current_balance_amount / 2
        GiftCard.objects.filter(pk=card and card.pk).update(
            current_balance_amount=left and left.quantize(Decimal("0.01"))
        )

    # What the customer does.

    def deliver(self):
        methods = list_delivery_methods(self.checkout.pk)
        chosen = self.draw(some.sampled_from(methods))
        assert set_delivery(token=self.checkout.pk, method_id=chosen.id)

    def change_quantity(self):
        line = self.draw(some.sampled_from(list(CheckoutLine.objects.order_by("pk"))))
        pieces = self.draw(some.integers(1, 6))
        CheckoutLine.objects.filter(pk=line.pk).update(quantity=pieces)

    def enter_code(self):
        with suppress(CodeRefused):
            apply_code(token=self.checkout.pk, code=self.voucher.code)

    def give_up(self):
        """Let the hold of the order end."""
        for order in Order.objects.exclude(status="canceled"):
            release_order(order_id=order.pk, reason="Not paid in time.")

    def nothing(self):
        """Press the button again."""

    def staff_changes(self):
        return [
            self.reprice, self.begin_sale, self.end_sales, self.change_code, self.raise_minimum,
            self.end_code, self.change_delivery, self.stop_card, self.charge_card,
        ]  # fmt: skip

    def customer_steps(self):
        return [self.deliver, self.change_quantity, self.enter_code, self.give_up, self.nothing]

    def act(self):
        some_step = some.sampled_from([*self.staff_changes(), *self.customer_steps()])
        self.draw(some_step)()

    def place(self):
        """Show the basket, perhaps change something, pay; return the order if there is one."""
        shown = get_basket(self.checkout.pk)
        adds_up(shown.totals)
        if self.draw(some.booleans()):
            self.act()
        try:
            placed = place_order(checkout_token=self.checkout.pk, shown=signed(shown.picture))
        except outcomes.OrderRefused as refused:
            self.is_refused_rightly(refused, shown)
            return None
        order = Order.objects.get(pk=placed.order_id)
        agrees(shown, order)
        assert self.picture() == shown.picture, "the basket shows what its own order holds"
        return order

    def is_refused_rightly(self, refused, shown):
        if isinstance(refused, outcomes.ShownChanged):
            assert refused.shown == shown.picture != refused.now == self.picture()
        elif isinstance(refused, outcomes.BasketIncomplete):
            assert (refused.step, get_basket(self.checkout.pk).delivery) == ("delivery", None)
        else:
            assert isinstance(refused, outcomes.TotalTooSmall), refused
            assert 0 < shown.due.amount < Decimal("0.30")

    def picture(self):
        return get_basket(self.checkout.pk).picture


def adds_up(totals):
    """Assert that each row follows from those above it, and none is below zero."""
    rows = [totals.subtotal, totals.discount, totals.card_total, totals.due]
    assert all(row.amount >= 0 for row in rows)
    delivery = totals.delivery or Money(0, totals.currency)
    assert totals.due == totals.subtotal - totals.discount + delivery - totals.card_total


def agrees(shown, order):
    """Assert that order, payment, page and e-mail say what was shown."""
    session = PaymentSession.objects.get(order=order, state="new")
    assert shown.due == order.total_gross == session.amount
    totals = totals_of_order(order)
    adds_up(totals)
    for field in ("subtotal", "discount", "delivery", "card_total", "total", "due"):
        assert getattr(totals, field) == getattr(shown.totals, field), field
    assert totals.gift_cards == shown.totals.gift_cards
    assert order.shipping_method_id == shown.delivery_id
    assert read_signed(signed(shown.picture)) == shown.picture
    assert f"\nTotal: £{totals.total.amount:,.2f}\n" in emailed(order)
    held = Voucher.objects.get()
    uses = int(bool(shown.totals.discounts))
    assert held.used == uses
    assert VoucherCustomer.objects.count() == uses * held.apply_once_per_customer


def emailed(order):
    row = OutgoingEmail.objects.create(
        order=order, kind="order_confirmed", dedup_key=f"test-{order.pk}-{OutgoingEmail.objects.count()}",
        message_id=f"<{order.pk}-{OutgoingEmail.objects.count()}@test>", next_try_at=order.created,
    )  # fmt: skip
    return build_message(row).body


def is_receipted(order):
    """Pay, and assert that the receipt says the same."""
    session = PaymentSession.objects.get(order=order, state="new")
    PaymentSession.objects.filter(pk=session.pk).update(provider="fake", reference=f"s{session.pk}")
    record_payment(
        provider="fake", reference=f"s{session.pk}", amount=session.amount, raw_id=f"ch{session.pk}"
    )
    receipt = get_receipt(order.token)
    assert receipt.order.total == order.total_gross
    adds_up(receipt.order.totals)
    assert not Checkout.objects.exists()


def goes_well(draw):
    shop, order = RandomShop(draw), None
    for _ in range(draw(some.integers(1, MAX_STEPS))):
        shop.act()
        order = shop.place() or order
    live = Order.objects.exclude(status="canceled").first()
    if live is not None and draw(some.booleans()):
        is_receipted(live)


def test_shown_is_bound_is_charged_is_receipted(provider, pytestconfig):
    @settings(
        max_examples=pytestconfig.getoption("random_baskets"),
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=some.data())
    def any_basket(data):
        with transaction.atomic():
            goes_well(data.draw)
            transaction.set_rollback(True)

    any_basket()
