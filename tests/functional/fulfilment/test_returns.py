"""A return has a number, a state and a history, and takes no piece twice."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from saleor.order.models import OrderEvent

from plugins.fulfilment.models import Return, ReturnLine, ReturnState
from plugins.fulfilment.policies import RETURN_STEPS, ReturnRefused, may_change_return
from plugins.fulfilment.returns import (
    announce_return,
    close_returns,
    open_return,
    record_return,
    set_return_state,
)
from plugins.fulfilment.signals import return_changed
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.models import PieceStep
from tests.functional.ordering.parallel import at_once

pytestmark = pytest.mark.django_db


def announce(order, line, count=1, **told):
    return announce_return(order_id=order.pk, pieces={line.pk: count}, **told)


def inspect(order, line, clerk, count=1, *, sealed=True, **more):
    return record_return(
        order_id=order.pk, pieces={line.pk: count}, sealed=sealed, sound=True,
        actor_id=clerk.pk, **more,
    )  # fmt: skip


def history(about):
    return list(about.steps.values_list("state", "actor"))


def notes(order):
    rows = OrderEvent.objects.filter(order=order, type="note_added").order_by("pk")
    return [parameters["message"] for parameters in rows.values_list("parameters", flat=True)]


def test_a_customer_announces_what_comes_back(sent, line):
    made = announce(sent, line, 2, reason="damaged", sealed=False, message="The box was wet.")
    made.refresh_from_db()
    assert (made.number, made.state, made.reason, made.sealed) == (1, "announced", "damaged", False)
    assert made.message == "The box was wet."
    assert made.lines.values_list("line", "announced", "inspected").get() == (line.pk, 2, 0)
    assert history(made) == [("announced", None)]
    assert notes(sent)[-1] == "The customer announced a return."
    assert not PieceStep.objects.filter(kind="returned").exists()


@pytest.mark.parametrize(
    ("count", "why"), [(0, "what you want to send back"), (3, "fewer of these"), (-1, "what you")]
)
def test_no_more_is_announced_than_the_customer_has(sent, line, count, why):
    with pytest.raises(ReturnRefused, match=why):
        announce(sent, line, count)
    assert not Return.objects.exists()


def test_a_line_of_another_order_is_not_announced(sent):
    with pytest.raises(ReturnRefused, match="fewer of these"):
        announce_return(order_id=sent.pk, pieces={0: 1})
    with pytest.raises(ReturnRefused, match="what you want to send back"):
        announce_return(order_id=sent.pk, pieces={})


def test_a_second_return_waits_for_the_first(sent, line, clerk):
    announce(sent, line)
    with pytest.raises(ReturnRefused, match="told us of a return already"):
        announce(sent, line)
    set_return_state(order_id=sent.pk, state=ReturnState.WITHDRAWN, actor_id=None)
    assert announce(sent, line).number == 2
    assert list(Return.objects.values_list("state", flat=True)) == ["withdrawn", "announced"]


@pytest.mark.django_db(transaction=True)
def test_a_return_that_is_announced_by_two_clicks_at_once_is_one(sent, line):
    outcomes = at_once(*[partial(announce, sent, line)] * 4)
    assert sum(isinstance(outcome, Return) for outcome in outcomes) == 1
    assert Return.objects.count() == 1


def test_a_return_goes_its_way_and_keeps_who_did_what(sent, line, clerk):
    made = announce(sent, line)
    for state in (ReturnState.EXPECTED, ReturnState.ARRIVED):
        set_return_state(order_id=sent.pk, state=state, actor_id=clerk.pk)
    assert inspect(sent, line, clerk)
    close_returns(order_id=sent.pk, actor_id=clerk.pk)
    by = clerk.pk
    assert history(made) == [
        ("announced", None), ("expected", by), ("arrived", by), ("inspected", by), ("closed", by),
    ]  # fmt: skip
    assert open_return(sent) is None
    steps = PieceStep.objects.filter(reference=f"return {made.pk}")
    assert list(steps.values_list("kind", "pieces", "sealed", "actor")) == [
        ("returned", 1, True, by), ("restocked", 1, None, by),
    ]  # fmt: skip


def test_what_nobody_announced_is_a_return_too(sent, line, clerk):
    inspect(sent, line, clerk, sealed=False)
    made = Return.objects.get()
    assert (made.state, made.reason, made.sealed) == ("inspected", "", None)
    assert ReturnLine.objects.values_list("announced", "inspected").get() == (0, 1)


def test_a_parcel_is_looked_at_in_several_goes(sent, line, clerk):
    announce(sent, line, 2)
    inspect(sent, line, clerk, more=True)
    assert open_return(sent).state == "arrived"
    inspect(sent, line, clerk, sealed=False)
    made = Return.objects.get()
    assert (made.state, made.lines.get().inspected) == ("inspected", 2)


def test_a_refused_inspection_leaves_nothing_behind(sent, line, clerk):
    with pytest.raises(ReturnRefused, match="only 2 were sent and are not back yet"):
        inspect(sent, line, clerk, 3)
    line.variant.delete()
    with pytest.raises(ReturnRefused, match="No warehouse keeps"):
        inspect(sent, line, clerk)
    assert not Return.objects.exists()
    assert not PieceStep.objects.filter(kind="returned").exists()


def test_others_are_told_of_every_state(sent, line, clerk):
    told = []

    def listen(*, order_id, state, **_):
        told.append((order_id, state))

    return_changed.connect(listen)
    try:
        announce(sent, line)
        set_return_state(order_id=sent.pk, state=ReturnState.EXPECTED, actor_id=clerk.pk)
        inspect(sent, line, clerk)
    finally:
        return_changed.disconnect(listen)
    assert told == [(sent.pk, "announced"), (sent.pk, "expected"), (sent.pk, "inspected")]


def test_the_customers_words_go_with_the_person(sent, line):
    made = announce(sent, line, reason="damaged", message="I am Robin.")
    anonymise_order(order=sent)
    made.refresh_from_db()
    assert (made.message, made.reason, made.state) == ("", "damaged", "announced")


def test_the_database_keeps_one_open_return_per_order(sent):
    Return.objects.create(order=sent, number=1, state="expected")
    with pytest.raises(IntegrityError, match="one_open_return"), transaction.atomic():
        Return.objects.create(order=sent, number=2, state="announced")
    with pytest.raises(IntegrityError, match="return_number"), transaction.atomic():
        Return.objects.create(order=sent, number=1, state="closed")


def test_every_state_is_in_the_table_and_the_end_is_the_end():
    assert RETURN_STEPS.keys() == {"", *ReturnState.values}
    assert {now for now, after in RETURN_STEPS.items() if not after} == {"closed", "withdrawn"}
    for now, after in RETURN_STEPS.items():
        for wanted in ReturnState.values:
            allowed = may_change_return(now=now, wanted=wanted, out=1).allowed
            assert allowed == (wanted in after), (now, wanted)
