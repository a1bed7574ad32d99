"""Whatever is refunded, returned, refused or asked twice: paid = kept + refunded, by source."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some
from prices import Money
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order, OrderLine
from saleor.payment.models import Payment
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.policies import ExchangeRefused, FulfilRefused, ReturnRefused
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import announce_return, record_return, returnable_pieces
from plugins.inventory.ledger import check_ledger
from plugins.order_emails.kinds.money import refund_dedup_keys
from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.models import BOOKED, PAYABLE, PaymentSession, PieceState, Refund, RefundPart
from plugins.ordering.outcomes import CancelRefused, OrderRefused, RefundRefused
from plugins.ordering.paying import start_payment
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.pieces import pieces_of, pieces_to_send
from plugins.ordering.placing import place_order
from plugins.ordering.refund_lines import lines_left
from plugins.ordering.refunds import cancel_order, request_refund
from plugins.ordering.totals import totals_of_order
from storefront.orders import get_order_page
from tests.factories import (
    GiftCardFactory,
    UserFactory,
    VariantFactory,
    VoucherFactory,
    basket,
    variant_in_stock,
)
from tests.refunding import record_refund

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (RefundRefused, ReturnRefused, FulfilRefused, CancelRefused, ExchangeRefused)
EXAMPLES, STEPS = 5, 10


class Customer:
    """One order with a random basket, and the random things that happen to it."""

    def __init__(self, provider, chance, clerk):
        self.provider, self.chance, self.clerk = provider, chance, clerk
        goods = [self._variant() for _ in range(chance.randint(1, 4))]
        self.cards = [self._card() for _ in range(chance.choice((0, 0, 1, 2)))]
        lines = [(variant, chance.randint(1, 4)) for variant in goods]
        placed = place_order(
            checkout_token=basket(*lines, voucher=self._code(goods), cards=self.cards).pk
        )
        self.order_id, self.came = placed.order_id, placed.total
        self._pay(placed)
        self.spent = {card.pk: self._spent(card) for card in self.cards}
        self.keys, self.replacements = [], []

    def _variant(self):
        price = Decimal(self.chance.randint(0, 6000)) / 100
        return variant_in_stock(30, price=str(price))

    def _card(self):
        amount = Decimal(self.chance.randint(100, 9000)) / 100
        return GiftCardFactory(initial_balance_amount=amount, current_balance_amount=amount)

    def _code(self, goods):
        kind = self.chance.choice(("none", "entire_order", "specific_product", "once", "shipping"))
        if kind == "none":
            return None
        code = VoucherFactory(
            type="specific_product" if kind == "once" else kind,
            discount_value_type=self.chance.choice(("fixed", "percentage")),
            discount_value=str(self.chance.randint(1, 30)),
            apply_once_per_order=kind == "once",
        )
        if code.type == "specific_product":
            code.products.add(self.chance.choice(goods).product)
        return code

    def _pay(self, placed):
        self._pay_for(placed.order_id, placed.total)

    def _pay_for(self, order_id, total):
        start_payment(order_id=order_id)
        session = PaymentSession.objects.get(order_id=order_id)
        if session.state != "paid":
            record_payment(
                provider="fake", reference=session.reference, amount=total,
                raw_id=f"ch_{session.reference}",
            )  # fmt: skip

    def _spent(self, card):
        return card.initial_balance_amount - GiftCard.objects.get(pk=card.pk).current_balance_amount

    @property
    def order(self):
        return Order.objects.get(pk=self.order_id)

    def act(self):
        step = self.chance.choice(
            (
                self.send,
                self.take_back,
                self.exchange,
                self.exchange,
                self.refund,
                self.refund,
                self.repeat,
                self.fail_later,
            )
        )
        try:
            step()
        except REFUSED:
            return

    def send(self):
        left = pieces_to_send(self.order)
        pieces = {line: self.chance.randint(1, count) for line, count in left.items()}
        fulfil(order_id=self.order_id, pieces=pieces, actor_id=self.clerk)

    def take_back(self):
        out = {line: row.out for line, row in pieces_of(self.order).items() if row.out}
        pieces = {line: self.chance.randint(1, count) for line, count in out.items()}
        sealed, sound = self.chance.random() < 0.5, self.chance.random() < 0.5
        record_return(
            order_id=self.order_id, pieces=pieces, sealed=sealed, sound=sound, actor_id=self.clerk
        )

    def exchange(self):
        """Send something back for another size, dearer or cheaper, and go on with it, or not."""
        known = returnable_pieces(self.order)
        if not known:
            return
        line = OrderLine.objects.get(pk=self.chance.choice(list(known)))
        other = self._size_of(line.variant.product)
        pieces = {line.pk: self.chance.randint(1, known[line.pk])}
        about = announce_return(
            order_id=self.order_id, pieces=pieces, sealed=True, wanted={line.pk: other.pk}
        )
        record_return(
            order_id=self.order_id, pieces=pieces, sealed=True, sound=True, actor_id=self.clerk
        )
        replacement = agree_exchange(return_id=about.pk, actor_id=self.clerk)
        self.replacements.append(replacement.pk)
        self.chance.choice((self.pay, self.pay, self.expire, self.call_off, self.wait))(replacement)

    def _size_of(self, product):
        price = Decimal(self.chance.randint(0, 9000)) / 100
        made = VariantFactory(product=product, price_override_amount=price)
        Stock.objects.create(
            product_variant=made, warehouse=Stock.objects.first().warehouse, quantity=9
        )
        return made

    def pay(self, replacement):
        if replacement.total.gross.amount:
            self._pay_for(replacement.pk, replacement.total.gross)

    def expire(self, replacement):
        sessions = PaymentSession.objects.filter(order=replacement, state__in=PAYABLE)
        sessions.update(expires_at=timezone.now())
        release_unpaid_orders()

    def call_off(self, replacement):
        cancel_order(order_id=replacement.pk, actor_id=self.clerk, reason="x")

    def wait(self, replacement):
        """Do nothing for now."""

    def refund(self):
        key = f"r{self.order_id}-{len(self.keys)}"
        if self.chance.random() < 0.2:
            self.provider.refunds[key] = RefundState("failed", error="no")
        wish = self._wish()
        self.keys.append((key, wish))
        request_refund(order_id=self.order_id, key=key, reason="x", **wish)

    def _wish(self):
        kind = self.chance.choice(("lines", "lines", "lines", "amount", "delivery", "all"))
        wish = {"restock": self.chance.random() < 0.5}
        if kind == "amount":
            wish["amount"] = Money(Decimal(self.chance.randint(1, 2000)) / 100, "GBP")
        if kind == "delivery":
            wish["delivery"] = Money(Decimal(self.chance.randint(1, 350)) / 100, "GBP")
        if kind == "lines":
            line = self.chance.choice(list(lines_left(self.order).values()))
            which = self.chance.choice(list(PieceState))
            wish["which"] = {line.line.pk: which}
            wish["lines"] = {line.line.pk: self.chance.randint(1, max(line.pieces[which], 1))}
        return wish

    def repeat(self):
        if self.keys:
            key, wish = self.chance.choice(self.keys)
            request_refund(order_id=self.order_id, key=key, reason="x", **wish)

    def fail_later(self):
        made = Refund.objects.filter(order_id=self.order_id, state="succeeded")
        refund = made.filter(amount_value__gt=0).first()
        if refund and self.chance.random() < 0.3:
            record_refund(refund_id=refund.pk, state=RefundState("failed", error="closed"))

    def end(self):
        """Cancel where that is possible, else refund all that is left."""
        for replacement in Order.objects.filter(pk__in=self.replacements):
            self.expire(replacement)
        try:
            cancel_order(order_id=self.order_id, actor_id=None, reason="x")
        except CancelRefused:
            self.provider.refunds.pop(f"end{self.order_id}", None)
            with suppress(RefundRefused):  # nothing is left
                request_refund(order_id=self.order_id, key=f"end{self.order_id}", reason="x")

    def assert_books_agree(self):
        parts = RefundPart.objects.filter(refund__order_id=self.order_id, state__in=BOOKED)
        to_payment = sum(p.amount_value for p in parts if p.payment_id)
        payment = Payment.objects.get(order_id=self.order_id)
        assert self.came.amount == payment.captured_amount + to_payment
        succeeded = payment.transactions.filter(kind="refund", is_success=True)
        failed = payment.transactions.filter(kind="refund", is_success=False)
        late = sum(t.amount for t in failed if succeeded.filter(token=t.token).exists())
        assert sum(t.amount for t in succeeded) - late == to_payment
        for replacement in Order.objects.filter(pk__in=self.replacements):
            self._assert_replacement_agrees(replacement)
        self._assert_cards_agree(parts)
        self._assert_documents_agree()
        self._assert_customer_sees_it(parts)

    def _assert_replacement_agrees(self, replacement):
        """What was paid for it is kept or refunded; what it is worth was paid, there or here."""
        paid = PaymentSession.objects.filter(order=replacement, state="paid")
        came = sum(session.amount_value for session in paid)
        parts = RefundPart.objects.filter(refund__order=replacement, state__in=BOOKED)
        kept = sum(payment.captured_amount for payment in replacement.payments.all())
        assert came == kept + sum(part.amount_value for part in parts)
        totals = totals_of_order(replacement)
        assert totals.due == totals.subtotal - totals.discount == replacement.total_gross
        stands = replacement.status != "canceled"
        exchange = Refund.objects.get(
            key__endswith=f"-{replacement.pk}", key__startswith="exchange"
        )
        assert (exchange.state != "failed") or not stands
        assert not (totals.due.amount and exchange.amount_value)  # never both ways

    def _assert_cards_agree(self, parts):
        for card in self.cards:
            back = sum(p.amount_value for p in parts if p.gift_card_id == card.pk)
            assert 0 <= back <= self.spent[card.pk]
            assert self._spent(card) == self.spent[card.pk] - back

    def _assert_documents_agree(self):
        for refund in Refund.objects.filter(order_id=self.order_id):
            rows = sum(row.amount_value for row in refund.lines.all())
            assert refund.amount_value == rows + refund.delivery_value + refund.free_value
            assert refund.amount_value == sum(p.amount_value for p in refund.parts.all())
            assert bool(refund.number) == bool(refund.booked_at and refund.amount_value)
        paid = sum((left.left for left in lines_left(self.order).values()), Decimal(0))
        assert paid >= 0

    def _assert_customer_sees_it(self, parts):
        page = get_order_page(self.order.token)
        shown = sum((entry.total.amount for entry in page.refund_entries), Decimal(0))
        assert shown == sum(p.amount_value for p in parts)
        told = refund_dedup_keys(self.order_id)
        assert len(told) == len(page.refund_entries)


def assert_no_gap():
    numbers = sorted(Refund.objects.exclude(number=None).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=some.randoms(use_true_random=True))
def test_paid_is_kept_and_refunded_to_the_cent(provider, chance):
    clerk = UserFactory(is_staff=True).pk
    try:
        customer = Customer(provider, chance, clerk)
    except OrderRefused:  # a code that fits nothing, or too little left to charge
        assume(False)
    for _ in range(STEPS):
        customer.act()
        customer.assert_books_agree()
    customer.end()
    customer.assert_books_agree()
    for row in pieces_of(customer.order).values():
        assert row.ordered == row.reserved + row.sent + row.cancelled
        assert row.restocked + row.written_off <= row.returned + row.cancelled
    report = check_ledger()
    assert (report.differences, report.unexplained) == ((), 0)
    assert_no_gap()
