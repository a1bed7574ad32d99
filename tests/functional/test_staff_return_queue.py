"""The queue of returns: asked for, here and unopened, looked at; and two people at one parcel."""

import pytest
from django.db.models import Sum
from saleor.warehouse.models import Stock

from plugins.fulfilment.policies import ReturnRefused
from plugins.fulfilment.returns import record_return, returned_in_all
from tests import personas
from tests.factories import UserFactory, variant_in_stock
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = "/staff/order/order/"


@pytest.fixture
def support():
    return personas.in_role("Support")


@pytest.fixture
def line():
    return builders.sent_line()


def step(client, line, name):
    url = f"{ORDERS}{line.order_id}/step/"
    return client.post(url, {"step": name}, follow=True).content.decode()


def note(client, line, **fields):
    url = f"{ORDERS}{line.order_id}/return/"
    answer = client.post(url, {f"line_{line.pk}": 1, **fields}, follow=True).content.decode()
    return answer + client.get(f"{ORDERS}{line.order_id}/change/").content.decode()


def queues(client):
    """Return which of the queues of returns hold an order."""
    names = ("return_expected", "return_arrived", "return_done")
    answers = {name: client.get(ORDERS, {"work": name}) for name in names}
    return [name for name, answer in answers.items() if answer.context["cl"].result_count]


def test_a_return_goes_through_the_queues(support, line):
    assert queues(support) == []
    assert "among the expected returns" in step(support, line, "return_expected")
    assert queues(support) == ["return_expected"]
    assert "among the returns to look at" in step(support, line, "return_arrived")
    assert queues(support) == ["return_arrived"]
    note(support, line, sealed="on", sound="on", more="on")
    assert queues(support) == ["return_arrived"]
    html = note(support, line)
    assert queues(support) == ["return_done"]
    for said in (
        "2 back",
        "The customer sends something back.",
        "A return came in.",
        "written off",
    ):
        assert said in html
    assert Stock.objects.aggregate(all=Sum("quantity"))["all"] == 4


def test_a_customer_may_keep_it_after_all(support, line):
    step(support, line, "return_expected")
    step(support, line, "return_off")
    assert queues(support) == []
    assert (
        'value="return_off"' not in support.get(f"{ORDERS}{line.order_id}/step/").content.decode()
    )


def test_nothing_comes_back_that_did_not_leave(support):
    order = builders.order(paid=True)
    unsent = builders.line(order, variant_in_stock(5), 1)
    html = support.get(f"{ORDERS}{order.pk}/step/").content.decode()
    assert "return_expected" not in html
    step(support, unsent, "return_expected")
    assert queues(support) == []


def test_who_looked_second_is_told_and_may_go_on(support, line):
    shown = (
        support.get(f"{ORDERS}{line.order_id}/return/").context["form"].initial["expected_version"]
    )
    note(support, line, expected_version=shown)
    html = note(support, line, expected_version=shown, sealed="on", sound="on")
    assert "Somebody noted a return of this order meanwhile." in html
    assert '<input type="hidden" name="expected_version" value="1"' in html
    assert 'value="1"' in html
    line.order.refresh_from_db()
    assert returned_in_all(line.order) == 1
    note(support, line, expected_version="1", sealed="on", sound="on")
    line.order.refresh_from_db()
    assert returned_in_all(line.order) == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_parcel_count_it_once(line):
    clerk = UserFactory(is_staff=True)

    def inspect():
        try:
            return record_return(
                order_id=line.order_id,
                pieces={line.pk: 1},
                sealed=True,
                sound=True,
                actor_id=clerk.pk,
                expected_version="0",
            )
        except ReturnRefused:
            return "told"

    assert sorted(map(str, at_once(inspect, inspect))) == ["True", "told"]
    assert Stock.objects.get().quantity == 4
