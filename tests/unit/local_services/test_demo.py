"""The table of `make demo` leaves out no state that staff can look for; what is refused."""

from dataclasses import replace

import pytest
from saleor.account.models import User
from saleor.order.models import Order

from dashboard.admin.filters import ORDER_WORK
from dashboard.policies import PaymentState
from dashboard.selectors.home import WORK
from local_services import commands, demo
from local_services.data_folder import DataFolder, locked_now
from local_services.demo import STAFF_EMAIL, STATES, place
from local_services.messages import CannotRunError
from local_services.processes import free_port
from plugins.ordering.ending import release_order
from tests.unit.storefront.shop import open_shop

SHOWN = {name for state in STATES for name in state.work} | {"today"}  # they are placed now


def test_each_filter_of_the_order_list_finds_a_demo_order():
    assert set(ORDER_WORK) == SHOWN


def test_each_queue_of_orders_on_the_first_page_has_a_demo_order():
    queues = {work.query.removeprefix("work=") for work in WORK if work.query.startswith("work=")}
    assert queues
    assert queues <= SHOWN


def test_each_word_for_how_an_order_is_paid_has_a_demo_order():
    words = {word for name, word in vars(PaymentState).items() if name.isupper()}
    assert {state.payment for state in STATES} == words


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "state", [state for state in STATES if "waiting" in state.work], ids=lambda state: state.title
)
def test_an_order_that_waits_is_found_where_its_state_says(state):
    open_shop()
    order = place(state)
    assert list(state.orders()) == [order]


def test_titles_which_tell_demo_orders_apart_are_different():
    assert len({state.title for state in STATES}) == len(STATES)


def test_no_running_shop_is_said(tmp_path):
    with pytest.raises(CannotRunError, match="Start it: make run"):
        commands.demo(DataFolder(tmp_path))


@pytest.mark.parametrize(
    ("sandbox", "said"),
    [({}, "this shop is at Stripe"), ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "not open yet")],
)
def test_a_shop_that_takes_real_payments_or_is_not_open_is_left_alone(tmp_path, sandbox, said):
    folder = DataFolder(tmp_path)
    commands.save_addresses(folder, {"PORT": str(free_port()), **sandbox})
    with locked_now(folder.lock), pytest.raises(CannotRunError, match=said):
        commands.demo(folder)


@pytest.mark.django_db(transaction=True)
def test_what_the_worker_does_later_is_waited_for(monkeypatch):
    open_shop()
    User.objects.create_user(STAFF_EMAIL)
    released = next(state for state in STATES if state.title == "Released")
    seen = []

    def wait(until, _seconds):
        seen.append(until())
        release_order(order_id=Order.objects.get().pk, reason="as a worker does")
        seen.append(until())
        return seen[-1]

    monkeypatch.setattr(demo, "wait_until", wait)
    demo._make(replace(released, steps=()))
    assert seen == [False, True]
