"""A piece is counted once: the steps of an order's pieces, their sums, and what nobody may write."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from saleor.order.models import OrderLine
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.returns import record_return
from plugins.inventory.ledger import check_ledger
from plugins.ordering.ending import release_order
from plugins.ordering.models import LinePieces, PieceStep, StepKind
from plugins.ordering.payment_provider import RefundState
from plugins.ordering.pieces import pieces_of, pieces_to_send, unpack, write_steps
from plugins.ordering.placing import place_order
from plugins.ordering.refunds import cancel_order, request_refund
from tests.factories import UserFactory, basket, variant_in_stock
from tests.refunding import record_refund
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

FIGURES = (
    "ordered", "reserved", "packed", "sent", "cancelled", "returned_sealed", "returned_opened",
    "restocked", "written_off",
)  # fmt: skip


@pytest.fixture
def order():
    """A paid order of four pieces, out of nine in stock."""
    made = builders.order(paid=True, total="196.00")
    builders.line(made, variant_in_stock(9), 4)
    return made


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True).pk


def counted(order):
    """Return the figures of the order's only line that are not zero."""
    (row,) = pieces_of(order).values()
    return {name: getattr(row, name) for name in FIGURES if getattr(row, name)}


def line_of(order):
    return order.lines.get().pk


def send(order, count, clerk):
    fulfil(order_id=order.pk, pieces={line_of(order): count}, actor_id=clerk)


def refund(order, count, *, restock):
    number = order.refunds.count()
    asked = request_refund(
        order_id=order.pk, key=f"r{number}", reason="Asked", lines={line_of(order): count},
        restock=restock,
    )  # fmt: skip
    record_refund(refund_id=asked.refund_id, state=RefundState("succeeded", f"re_{number}"))


def take_back(order, count, clerk, *, sealed=True, sound=True):
    record_return(
        order_id=order.pk, pieces={line_of(order): count}, sealed=sealed, sound=sound,
        actor_id=clerk,
    )  # fmt: skip


def on_hand():
    return Stock.objects.get().quantity


def agrees():
    assert check_ledger().differences == ()


def test_placing_reserves_every_piece(provider):
    placed = place_order(checkout_token=basket((variant_in_stock(9), 4)).pk)
    row = LinePieces.objects.get(line__order=placed.order_id)
    assert (row.ordered, row.reserved, row.sent) == (4, 4, 0)
    assert PieceStep.objects.values_list("kind", "pieces", "actor").get() == ("reserved", 4, None)


def test_a_released_order_holds_nothing_and_its_pieces_are_sold_again(provider):
    placed = place_order(checkout_token=basket((variant_in_stock(9), 4)).pk)
    release_order(order_id=placed.order_id, reason="Not paid in time.")
    row = LinePieces.objects.get()
    assert (row.reserved, row.cancelled, row.restocked, on_hand()) == (0, 4, 4, 9)


def test_a_cancelled_order_says_who_cancelled_each_piece(order, clerk):
    cancel_order(order_id=order.pk, actor_id=clerk, reason="Asked for.")
    assert counted(order) == {"ordered": 4, "cancelled": 4, "restocked": 4}
    steps = PieceStep.objects.filter(kind__in=("cancelled", "restocked"))
    assert set(steps.values_list("actor", flat=True)) == {clerk}
    agrees()


def test_what_is_sent_is_taken_from_the_parcel_first(order, clerk):
    write_steps(StepKind.PACKED, {line_of(order): 3}, actor_id=clerk)
    send(order, 2, clerk)
    assert counted(order) == {"ordered": 4, "reserved": 2, "packed": 1, "sent": 2}
    unpack(order, actor_id=clerk)
    assert counted(order) == {"ordered": 4, "reserved": 2, "sent": 2}
    sent = PieceStep.objects.get(kind="sent")
    assert (sent.pieces, sent.actor_id) == (2, clerk)
    agrees()


@pytest.mark.parametrize(
    ("sealed", "sound", "figures", "left"),
    [
        (True, True, {"returned_sealed": 1, "restocked": 1}, 8),
        (True, False, {"returned_sealed": 1, "written_off": 1}, 7),
        (False, True, {"returned_opened": 1, "written_off": 1}, 7),
    ],
)
def test_a_return_ends_in_stock_or_is_written_off(order, clerk, sealed, sound, figures, left):
    send(order, 2, clerk)
    take_back(order, 1, clerk, sealed=sealed, sound=sound)
    assert counted(order) == {"ordered": 4, "reserved": 2, "sent": 2, **figures}
    assert on_hand() == left
    agrees()


@pytest.mark.parametrize(
    ("restock", "end", "left"), [(True, "restocked", 9), (False, "written_off", 8)]
)
def test_a_refund_before_sending_ends_the_piece_at_once(order, restock, end, left):
    refund(order, 1, restock=restock)
    assert counted(order) == {"ordered": 4, "reserved": 3, "cancelled": 1, end: 1}
    assert (on_hand(), pieces_to_send(order)) == (left, {line_of(order): 3})
    agrees()


def test_a_piece_whose_refund_is_under_way_is_not_sent(order):
    request_refund(order_id=order.pk, key="r", reason="Asked", lines={line_of(order): 1})
    assert counted(order) == {"ordered": 4, "reserved": 4}
    assert pieces_to_send(order) == {line_of(order): 3}


def test_a_return_and_then_a_refund_put_a_piece_back_once(order, clerk):
    send(order, 4, clerk)
    take_back(order, 1, clerk)
    assert on_hand() == 6
    refund(order, 1, restock=True)
    assert on_hand() == 6
    assert counted(order) == {"ordered": 4, "sent": 4, "returned_sealed": 1, "restocked": 1}
    agrees()


def test_a_refund_that_puts_back_and_then_a_return_put_a_piece_back_once(order, clerk):
    send(order, 4, clerk)
    refund(order, 4, restock=True)
    assert on_hand() == 9
    with pytest.raises(Exception, match="only 0 were sent and are not back yet"):
        take_back(order, 1, clerk)
    assert on_hand() == 9
    agrees()


def test_cancelling_takes_pieces_out_of_a_parcel_in_the_making(order, clerk):
    write_steps(StepKind.PACKED, {line_of(order): 4}, actor_id=clerk)
    refund(order, 1, restock=True)
    assert counted(order) == {
        "ordered": 4, "reserved": 3, "packed": 3, "cancelled": 1, "restocked": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "sealed", "rule"),
    [
        ("packed", None, "pieces_packed_are_reserved"),
        ("cancelled", None, "reserved_check"),
        ("unpacked", None, "packed_check"),
        ("returned", True, "pieces_returned_were_sent"),
        ("restocked", None, "pieces_settled_once|pieces_opened_are_not_restocked"),
        ("written_off", None, "pieces_settled_once"),
        ("returned", None, "piece_step_seal_of_a_return"),
        ("packed", True, "piece_step_seal_of_a_return"),
        ("eaten", None, "piece_step_kind_is_known"),
    ],
)
def test_sums_that_would_not_hold_are_refused(order, kind, sealed, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        write_steps(kind, {line_of(order): 5}, actor_id=None, sealed=sealed)
    assert counted(order) == {"ordered": 4, "reserved": 4}


def test_an_opened_piece_is_never_sold_again(order, clerk):
    send(order, 1, clerk)
    with transaction.atomic():
        write_steps(StepKind.RETURNED, {line_of(order): 1}, actor_id=clerk, sealed=False)
    with pytest.raises(IntegrityError, match="opened_are_not_restocked"), transaction.atomic():
        write_steps(StepKind.RESTOCKED, {line_of(order): 1}, actor_id=clerk)


@pytest.mark.parametrize(
    "change",
    [
        lambda: PieceStep.objects.update(pieces=1),
        lambda: PieceStep.objects.all().delete(),
        lambda: LinePieces.objects.update(written_off=0),
        lambda: LinePieces.objects.all().delete(),
        lambda: OrderLine.objects.update(quantity=3),
        lambda: connection.cursor().execute("TRUNCATE ordering_piecestep"),
    ],
)
def test_neither_steps_nor_sums_are_written_by_hand(order, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert counted(order) == {"ordered": 4, "reserved": 4}


def test_a_parcel_that_is_called_back_is_reserved_again(order, clerk):
    send(order, 4, clerk)
    OrderLine.objects.update(quantity_fulfilled=1)
    assert counted(order) == {"ordered": 4, "reserved": 3, "sent": 1}
