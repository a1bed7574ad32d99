"""A database with rows of former times keeps what was known in them, under the names of today.

Each `keep_…` makes rows, waits for the migrations at its `yield`, then looks at what became of
them. All share one journey back and forth, in a database of their own: it takes seconds.
"""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from saleor.order.models import Fulfillment, FulfillmentLine, Order, OrderEvent, OrderLine
from saleor.payment.models import Payment
from saleor.warehouse.models import Allocation, Stock

from dashboard.models import AccessRecord, SavedView
from plugins.fulfilment.models import PackingJob, PrintedLabel, Return, Shipment
from plugins.inventory.ledger import check_ledger, stock_reason
from plugins.inventory.models import (
    BackInStockAlert,
    LedgerCheck,
    ReorderPoint,
    StockDocument,
    StockReason,
)
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.plugin import payment_needs_attention
from plugins.ordering.models import CreditNoteCounter, LinePieces, Refund
from plugins.ordering.refund_lines import lines_left
from plugins.stripe_payments.models import UnmatchedPayment
from tests.factories import UserFactory, variant_in_stock
from tests.migrating import migrate, newest
from tests.unit.dashboard import builders

pytestmark = pytest.mark.slow  # six apps migrate back and forth

BEFORE = [
    ("dashboard", "0008_looks_at_subject"),
    ("inventory", "0005_noted_entries"),
    ("order_emails", "0004_quick_lists"),
    ("ordering", "0005_cancelled"),
    ("stripe_payments", "0003_quick_lists"),
]
REFUND_DOCUMENTS = [("ordering", "0009_refund_documents")]  # a stop on the way to today
FIGURES = (
    "ordered", "reserved", "packed", "sent", "cancelled", "returned_sealed", "returned_opened",
    "restocked", "written_off",
)  # fmt: skip


def email(old, **fields):
    """Store an e-mail as it was before `dedup_key`."""
    number = old.get_model("order_emails", "OutgoingEmail").objects.count()
    return old.get_model("order_emails", "OutgoingEmail").objects.create(
        message_id=f"<{number}@test>", next_try_at=timezone.now(), state="sent", **fields
    )


def keep_stock(old):
    variant = variant_in_stock(0)
    stock, now = variant.stocks.get(), timezone.now()
    wish = old.get_model("inventory", "StockWish").objects.create(
        variant_id=variant.pk, email="robin@example.org", language="en", path="/sets/x/"
    )
    old.get_model("inventory", "StockPosting").objects.create(
        key="6f1f5a52-6f0e-4f0c-a1ce-0a3a3d5f3c11", reason="counted"
    )
    old.get_model("inventory", "ReorderPoint").objects.create(
        stock_id=stock.pk, pieces=3, told_at=now
    )
    old.get_model("inventory", "LedgerCheck").objects.create(
        differences=1, first_ones=["stock 1"], unexplained=0
    )
    email(old, kind="back_in_stock", about=f"wish-{wish.pk}", occasion="back")
    yield
    assert BackInStockAlert.objects.get().pk == wish.pk
    assert StockDocument.objects.get().reason == "counted"
    assert ReorderPoint.objects.get().alerted_at == now
    assert LedgerCheck.objects.get().first_differences == ["stock 1"]
    assert OutgoingEmail.objects.get(kind="back_in_stock").about == f"alert-{wish.pk}"


def keep_payments(old):
    old.get_model("stripe_payments", "StrayPayment").objects.create(
        intent="pi_1", amount=1250, currency="GBP"
    )
    email(old, kind="payment_attention", about="shop", occasion="stray_payment:stray-pi_1")
    email(old, kind="payment_attention", about="shop", occasion="paid_twice:paid_twice-9")
    yield
    assert UnmatchedPayment.objects.get().received_at
    emails = OutgoingEmail.objects.filter(kind="payment_attention")
    payment_needs_attention(order_id=None, reason="unmatched_payment", dedup_key="unmatched-pi_1")
    assert set(emails.values_list("dedup_key", flat=True)) == {
        "unmatched_payment:unmatched-pi_1", "paid_twice:paid_twice-9",
    }  # fmt: skip


def keep_permissions(old):
    kind = old.get_model("contenttypes", "ContentType").objects.get(model="straypayment")
    permission, _ = old.get_model("auth", "Permission").objects.get_or_create(
        content_type_id=kind.pk, codename="view_straypayment",
        defaults={"name": "Can view stray payment"},
    )  # fmt: skip
    yield
    renamed = Permission.objects.get(pk=permission.pk)
    assert renamed.codename == "view_unmatchedpayment"
    assert renamed.name == "Can view unmatched payment"
    assert renamed.content_type.model == "unmatchedpayment"


def keep_access_log(old):
    person = UserFactory()
    record = old.get_model("dashboard", "AccessRecord").objects.create(
        actor_id=person.pk, kind="sheet", subject_id=5
    )
    views = old.get_model("dashboard", "SavedView").objects
    for name, query in (("labels", "kind__exact=sheet&o=1"), ("others", "kind__exact=order")):
        views.create(owner_id=person.pk, list_name="dashboard.accessrecord", name=name, query=query)
    views.create(
        owner_id=person.pk, list_name="stripe_payments.straypayment", name="new", query="o=-1"
    )
    yield
    assert AccessRecord.objects.get(pk=record.pk).get_kind_display() == "Label or slip"
    assert set(SavedView.objects.values_list("list_name", "query")) == {
        ("dashboard.accessrecord", "kind__exact=document&o=1"),
        ("dashboard.accessrecord", "kind__exact=order"),
        ("stripe_payments.unmatchedpayment", "o=-1"),
    }


def keep_refunds(old):
    """They become documents, and keep their money, their pieces and their place."""
    order = builders.order(paid=True, total="101.50")
    line = builders.line(order, variant_in_stock(9), 2)
    gone = builders.order(paid=True, total="49.00")
    Payment.objects.filter(order=gone).update(charge_status="fully-refunded", captured_amount=0)
    released = builders.order(
        status="canceled", private_metadata={"placement": {"gift_cards": {"1": "5.00"}}}
    )
    make = old.get_model("ordering", "Refund").objects.create
    common = {"order_id": order.pk, "payment_id": order.payments.get().pk, "currency": "GBP"}
    make(**common, key="a", amount_value="49.00", lines={str(line.pk): 1}, state="succeeded",
         reference="re_1", reason="x")  # fmt: skip
    make(**common, key="b", amount_value="10.00", state="failed", reason="x")
    make(**common, key="c", amount_value="52.50", lines={str(line.pk): 1}, state="pending",
         reason="All that is left")  # fmt: skip
    make(**common, key="unneeded-1", amount_value="1.00", state="succeeded", reason="x")
    yield
    gone.refresh_from_db()
    released.refresh_from_db()
    yield  # once more, after REFUND_DOCUMENTS
    assert gone.private_metadata["needs_attention"] == ["refunded_not_closed"]
    assert released.private_metadata["placement"]["gift_cards"] == {}
    a, b, c, unneeded = Refund.objects.filter(order=order).order_by("pk")
    assert [refund.number for refund in (a, b, c, unneeded)] == [1, None, 2, None]
    others = Refund.objects.exclude(order=order).order_by("pk")  # those of the orders below
    assert [refund.number for refund in others] == [3, 4, 5]
    assert CreditNoteCounter.objects.get().last == 5
    assert [(p.key, p.reference, p.state) for p in a.parts.all()] == [("a", "re_1", "succeeded")]
    assert [(r.pieces, r.which, str(r.amount_value)) for r in a.lines.all()] == [
        (1, "unsent", "49.00")
    ]
    assert (str(c.lines.get().amount_value), str(c.free_value)) == ("49.00", "3.50")
    assert (b.free_value, b.lines.count()) == (Decimal("10.00"), 0)
    assert lines_left(order)[line.pk].count == 0


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


WORDS = (keep_stock, keep_payments, keep_permissions, keep_access_log)
ORDERS = (
    keep_cancelled, keep_returned_and_refunded, keep_refunded_before_sending, keep_parcels,
    keep_packing, keep_expected_return, keep_flags,
)  # fmt: skip


def journey():
    """Go back, make all rows, and come forth again; return what is to be looked at."""
    ContentType.objects.get_for_model(UnmatchedPayment)
    old = migrate(BEFORE).apps
    parts = {keep: keep(old) for keep in (keep_refunds, *WORDS, *ORDERS)}
    for part in parts.values():
        next(part)
    migrate(REFUND_DOCUMENTS)
    next(parts[keep_refunds])
    migrate(newest("fulfilment", *(app for app, _ in BEFORE)))
    return parts


@pytest.fixture(scope="module")
def migrated(filled_database):
    return filled_database("former_rows", journey)


@pytest.fixture
def parts(db, migrated):
    """Each part, waiting to look at its rows in the database of today."""
    database, parts = migrated
    ContentType.objects.clear_cache()
    with database.used():
        yield parts
    ContentType.objects.clear_cache()


@pytest.mark.parametrize("keep", WORDS)
def test_rows_of_the_former_names_stay(parts, keep, settings):
    """Nobody is written to a second time either."""
    settings.STAFF_EMAILS = ["staff@example.org"]
    assert next(parts[keep], None) is None


def test_old_refunds_become_documents(parts):
    assert next(parts[keep_refunds], None) is None


@pytest.mark.parametrize("keep", ORDERS)
def test_what_was_known_of_orders_stays(parts, keep):
    assert next(parts[keep], None) is None


def test_the_ledger_agrees_with_the_stock_of_former_orders(parts):
    assert check_ledger().differences == ()
