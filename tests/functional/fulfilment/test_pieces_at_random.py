"""Hundreds of steps in any order (--random-operations N): each piece is counted once, everywhere."""

from collections import Counter
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from saleor.order.models import Order, OrderLine
from saleor.warehouse.models import Allocation, Stock

from plugins.fulfilment.models import Return, ReturnState, Shipment
from plugins.fulfilment.packing import fulfil, start_packing, stop_packing
from plugins.fulfilment.policies import FulfilRefused, PackingRefused, ReturnRefused
from plugins.fulfilment.returns import announce_return, record_return, set_return_state
from plugins.inventory.ledger import check_ledger
from plugins.ordering.ending import release_order
from plugins.ordering.models import LinePieces, PieceStep, Refund, StepKind
from plugins.ordering.outcomes import CancelRefused, OrderRefused, RefundRefused
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.pieces import packed_pieces, pieces_to_send, write_steps
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, request_refund
from tests.factories import UserFactory, basket, variant_in_stock
from tests.refunding import record_refund
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

REFUSALS = (
    OrderRefused, FulfilRefused, PackingRefused, ReturnRefused, RefundRefused, CancelRefused,
)  # fmt: skip
IN_STOCK = 60  # pieces of each variant at the beginning: orders find some until they hold all
STEPS_BETWEEN = 10  # two looks: what is counted wrongly stays wrong
MAX_ORDERS = 12  # alive at once, so that each lives through many steps


class Shop:
    """Does one thing after the other to a few orders; refusals are fine."""

    def __init__(self, chance):
        self.chance = chance
        self.variants = [variant_in_stock(IN_STOCK, sku=f"V-{n}") for n in range(3)]
        self.clerk = UserFactory(is_staff=True)
        self.kinds = (
            self.place, self.pack, self.unpack, self.send, self.send_part, self.cancel,
            self.release, self.refund, self.ask_refund, self.answer_refund, self.announce,
            self.keep, self.return_sealed, self.return_opened, self.return_broken,
        )  # fmt: skip
        self.done = Counter()

    def act(self, kind):
        try:
            done = kind()
        except REFUSALS:
            return
        self.done[kind.__name__] += done is not False

    def order(self):
        orders = list(Order.objects.exclude(status="canceled").order_by("-pk")[:MAX_ORDERS])
        return self.chance.choice(orders or [self.place()])

    def paid(self):
        order = self.order()
        if not order.payments.exists():
            builders.payment(order, order.total_gross_amount)
        return order

    def some_of(self, pieces):
        """Return a part of the lines that have pieces, with a part of their pieces."""
        lines = [line for line, count in pieces.items() if count]
        chosen = self.chance.sample(lines, self.chance.randint(1, len(lines))) if lines else []
        return {line: self.chance.randint(1, pieces[line]) for line in chosen}

    def place(self):
        chosen = self.chance.sample(self.variants, self.chance.randint(1, 2))
        lines = [(variant, self.chance.randint(1, 4)) for variant in chosen]
        placed = place_order(checkout_token=basket(*lines).pk)
        return Order.objects.get(pk=placed.order_id)

    def pack(self):
        order = self.paid()
        start_packing(order_id=order.pk, user=self.clerk)
        packed = packed_pieces(order)
        left = {pk: n - packed.get(pk, 0) for pk, n in pieces_to_send(order).items()}
        pieces = self.some_of({pk: n for pk, n in left.items() if n > 0})
        write_steps(StepKind.PACKED, pieces, actor_id=self.clerk.pk)
        return bool(pieces)

    def unpack(self):
        order = self.order()
        was_packed = bool(packed_pieces(order))
        stop_packing(order_id=order.pk, user=self.clerk)
        return was_packed

    def send(self):
        order = self.paid()
        fulfil(order_id=order.pk, pieces=pieces_to_send(order), actor_id=self.clerk.pk)

    def send_part(self):
        order = self.paid()
        pieces = self.some_of(pieces_to_send(order))
        fulfil(order_id=order.pk, pieces=pieces, actor_id=self.clerk.pk)

    def cancel(self):
        cancel_order(order_id=self.order().pk, actor_id=self.clerk.pk, reason="Asked for.")

    def release(self):
        return release_order(order_id=self.order().pk, reason="Late.").state == "released"

    def ask_refund(self):
        order = self.paid()
        pieces = self.some_of(dict(order.lines.values_list("pk", "quantity")))
        restock = self.chance.choice([True, False])
        return request_refund(
            order_id=order.pk, key=str(uuid4()), reason="Asked for.", lines=pieces, restock=restock
        )

    def refund(self):
        asked = self.ask_refund()
        record_refund(refund_id=asked.refund_id, state=RefundState("succeeded", str(uuid4())))

    def answer_refund(self):
        waiting = list(Refund.objects.filter(state="asked").order_by("pk"))
        if not waiting:
            return False
        state = RefundState(self.chance.choice(["succeeded", "pending", "failed"]), str(uuid4()))
        return record_refund(refund_id=self.chance.choice(waiting).pk, state=state)

    def out(self, order):
        return {row.line_id: row.out for row in LinePieces.objects.filter(line__order=order)}

    def announce(self):
        order = self.order()
        announce_return(order_id=order.pk, pieces=self.some_of(self.out(order)))

    def keep(self):
        set_return_state(order_id=self.order().pk, state=ReturnState.WITHDRAWN, actor_id=None)

    def take(self, *, sealed, sound):
        order = self.order()
        record_return(
            order_id=order.pk, pieces=self.some_of(self.out(order)), sealed=sealed, sound=sound,
            actor_id=self.clerk.pk, more=self.chance.choice([True, False]),
        )  # fmt: skip

    def return_sealed(self):
        self.take(sealed=True, sound=True)

    def return_opened(self):
        self.take(sealed=False, sound=True)

    def return_broken(self):
        self.take(sealed=True, sound=False)


def counted_anew():
    """Return the sums per line, counted from the steps without the database's help."""
    sums = {}
    for line, kind, sealed, pieces in PieceStep.objects.order_by("pk").values_list(
        "line", "kind", "sealed", "pieces"
    ):
        row = sums.setdefault(line, Counter())
        seal = {True: "_sealed", False: "_opened", None: ""}[sealed]
        row[f"{kind}{seal}"] += pieces
    return sums


def assert_sums():
    """Assert that each line's sums hold, and are those of its steps and of Saleor's line."""
    steps = counted_anew()
    lines = {line.pk: line for line in OrderLine.objects.all()}
    held = Counter()
    for allocation in Allocation.objects.filter(quantity_allocated__gt=0):
        held[allocation.order_line_id] += allocation.quantity_allocated
    rows = {row.line_id: row for row in LinePieces.objects.all()}
    assert rows.keys() == lines.keys() == steps.keys()
    for pk, row in rows.items():
        step, line = steps[pk], lines[pk]
        assert row.ordered == row.reserved + row.sent + row.cancelled == line.quantity
        assert row.reserved == step["reserved"] - step["sent"] - step["cancelled"] == held[pk]
        assert row.sent == step["sent"] == line.quantity_fulfilled
        assert row.returned_sealed == step["returned_sealed"]
        assert row.returned_opened == step["returned_opened"]
        assert row.returned <= row.sent
        assert row.packed <= row.reserved
        assert row.restocked + row.written_off == row.returned + row.cancelled  # settled at once
        assert row.restocked == step["restocked"] <= row.returned_sealed + row.cancelled


def assert_stock(variants):
    """Assert that the shelf has what was there, less what left, and what came back once."""
    for variant in variants:
        rows = LinePieces.objects.filter(line__variant=variant)
        gone = sum(row.sent + row.cancelled - row.restocked for row in rows)
        assert Stock.objects.get(product_variant=variant).quantity == IN_STOCK - gone


def agrees(shop):
    assert_sums()
    assert_stock(shop.variants)
    report = check_ledger()
    assert (report.differences, report.unexplained) == ((), 0)


@settings(
    max_examples=1,  # one long sequence; hypothesis prints its seed where it fails
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=some.randoms(use_true_random=True))
def test_each_piece_is_counted_once_whatever_happens(provider, pytestconfig, chance):
    shop = Shop(chance)
    for kind in shop.kinds:
        shop.act(kind)
        agrees(shop)
    for number in range(1, 1 + pytestconfig.getoption("random_operations")):
        shop.act(chance.choice(shop.kinds))
        if number % STEPS_BETWEEN == 0:
            agrees(shop)
    agrees(shop)
    assert shop.done.keys() >= {"place", "send", "send_part", "refund", "cancel"}
    assert Shipment.objects.exists()
    assert Return.objects.exists()
