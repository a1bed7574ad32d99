"""Orders from before pieces, shipments and returns had tables keep what was known of them."""

import pytest
from django.db import transaction
from django.utils import timezone
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderEvent, OrderLine
from saleor.warehouse.models import Allocation, Stock

from plugins.fulfilment.models import PackingJob, PrintedLabel, Return, Shipment
from plugins.inventory.ledger import check_ledger, stock_reason
from plugins.inventory.models import StockReason
from plugins.ordering.models import LinePieces
from tests.factories import UserFactory, variant_in_stock
from tests.migrating import migrate, newest
from tests.unit.dashboard import builders

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # three apps migrate back and forth

FIGURES = (
    "ordered", "reserved", "packed", "sent", "cancelled", "returned_sealed", "returned_opened",
    "restocked", "written_off",
)  # fmt: skip
BEFORE = [("ordering", "0005_cancelled"), ("dashboard", "0009_access_log")]


def placed(pieces, **fields):
    """Return a line of a paid order, out of nine pieces in stock, that holds its pieces."""
    order = builders.order(paid=True, **fields)
    variant = variant_in_stock(9)
    with transaction.atomic(), stock_reason(reason=StockReason.ORDER_PLACED, order_id=order.pk):
        return builders.line(order, variant, pieces)


def moved(line, reason, *, held=0, on_hand=0):
    """Change what the line holds, and what its stock has, as the services did."""
    allocation = line.allocations.get()
    with transaction.atomic(), stock_reason(reason=reason, order_id=line.order_id):
        if held:
            allocation.quantity_allocated += held
            allocation.save()
        if on_hand:
            stock = Stock.objects.get(product_variant=line.variant)
            Stock.objects.filter(pk=stock.pk).update(quantity=stock.quantity + on_hand)


def sent(line, pieces):
    parcel = Fulfillment.objects.create(order=line.order)
    FulfillmentLine.objects.create(fulfillment=parcel, order_line=line, quantity=pieces)
    OrderLine.objects.filter(pk=line.pk).update(quantity_fulfilled=pieces)
    moved(line, StockReason.FULFILLED, held=-pieces, on_hand=-pieces)
    Order.objects.filter(pk=line.order_id).update(
        status="fulfilled" if pieces == line.quantity else "partially fulfilled"
    )


def refunded(old, line, pieces, *, restock):
    payment = line.order.payments.get()
    old.get_model("ordering", "Refund").objects.create(
        order_id=line.order_id, payment_id=payment.pk, key=f"r{line.pk}", amount_value=1,
        currency="GBP", reason="x", lines={str(line.pk): pieces}, restock=restock,
        state="succeeded",
    )  # fmt: skip


def told(line, **facts):
    Order.objects.filter(pk=line.order_id).update(private_metadata=facts)


def counted(line):
    row = LinePieces.objects.get(line=line)
    return {name: getattr(row, name) for name in FIGURES if getattr(row, name)}


def keep_cancelled(old):
    line = placed(2, status="canceled")
    moved(line, StockReason.ORDER_RELEASED, held=-2)
    yield
    assert counted(line) == {"ordered": 2, "cancelled": 2, "restocked": 2}


def keep_returned_and_refunded(old):
    line = placed(4)
    sent(line, 3)
    moved(line, StockReason.RETURNED, on_hand=1)
    refunded(old, line, 2, restock=False)
    told(line, returned={str(line.pk): 2}, kept="x")
    yield
    assert counted(line) == {
        "ordered": 4, "reserved": 1, "sent": 3, "returned_sealed": 1, "returned_opened": 1,
        "restocked": 1, "written_off": 1,
    }  # fmt: skip
    assert Order.objects.get(pk=line.order_id).private_metadata == {"kept": "x"}
    known = Return.objects.get(order=line.order_id)
    assert (known.number, known.state, known.lines.get().inspected) == (1, "inspected", 2)


def keep_refunded_before_sending(old):
    """One is free for others since then, one still lies reserved and is not to be sold again."""
    free, idle = placed(3), placed(3)
    moved(free, StockReason.REFUNDED, held=-1)
    refunded(old, free, 1, restock=True)
    refunded(old, idle, 1, restock=False)
    yield
    same = {"ordered": 3, "reserved": 2, "cancelled": 1}
    assert counted(free) == {**same, "restocked": 1}
    assert counted(idle) == {**same, "written_off": 1}
    assert Allocation.objects.get(order_line=idle).quantity_allocated == 2
    assert Stock.objects.get(product_variant=idle.variant).quantity == 8
    assert Stock.objects.get(product_variant=free.variant).quantity == 9


def keep_parcels(old):
    line, clerk, now = placed(2), UserFactory(is_staff=True), timezone.now()
    sent(line, 2)
    OrderEvent.objects.create(
        order=line.order, type="note_added", user=clerk, date=now,
        parameters={"message": "The parcel was handed over."},
    )  # fmt: skip
    began = {"started_at": now.isoformat(), "by": clerk.pk}
    told(line, parcel=["ready_to_collect", "delivered"], packing=began)
    yield
    known = Shipment.objects.get(order=line.order_id)
    assert (known.number, known.state) == (1, "delivered")
    steps = list(known.steps.values_list("state", "actor"))
    assert steps == [("sent", None), ("ready_to_collect", None), ("delivered", clerk.pk)]
    assert known.steps.get(state="delivered").at == now
    assert PackingJob.objects.get(order=line.order_id).state == "sent"


def keep_packing(old):
    line, clerk, now = placed(2), UserFactory(is_staff=True), timezone.now()
    began = {"started_at": now.isoformat(), "by": clerk.pk}
    told(line, packing=began, label_printed=now.isoformat())
    other = UserFactory(is_staff=True)
    old.get_model("dashboard", "PackingJob").objects.create(
        order_id=line.order_id, packer_id=other.pk, claimed_at=now, counted={str(line.pk): 1},
        problem="A wrong one.",
    )  # fmt: skip
    yield
    job = PackingJob.objects.get(order=line.order_id)
    assert (job.number, job.state, job.packer_id, job.problem) == (
        1, "packing", other.pk, "A wrong one.",
    )  # fmt: skip
    assert counted(line) == {"ordered": 2, "reserved": 2, "packed": 1}
    label = PrintedLabel.objects.get(order=line.order_id)
    assert (label.at, label.destroyed_at) == (now, None)
    assert Order.objects.get(pk=line.order_id).private_metadata == {}


def keep_expected_return(old):
    line = placed(2)
    sent(line, 2)
    told(line, **{"return": "expected"})
    yield
    known = Return.objects.get(order=line.order_id)
    assert (known.state, known.lines.count()) == ("expected", 0)
    assert known.steps.get().state == "expected"


def keep_flags(old):
    line = placed(2)
    told(line, needs_attention=["paid_twice", "refund_failed"], kept="x")
    yield
    flags = line.order.flags.values_list("reason", "settled_at")
    assert list(flags) == [("paid_twice", None), ("refund_failed", None)]
    assert Order.objects.get(pk=line.order_id).private_metadata == {"kept": "x"}


def test_what_was_known_of_orders_stays():
    """One test for all: migrating back and forth takes seconds, and all do it alike."""
    old = migrate(BEFORE).apps
    kinds = (
        keep_cancelled, keep_returned_and_refunded, keep_refunded_before_sending, keep_parcels,
        keep_packing, keep_expected_return, keep_flags,
    )  # fmt: skip
    parts = [kind(old) for kind in kinds]
    for part in parts:
        next(part)
    migrate(newest("ordering", "fulfilment", "dashboard"))
    for part in parts:
        assert next(part, None) is None
    assert check_ledger().differences == ()
