"""The table of `make demo` leaves out no state that staff can look for."""

from dashboard.admin.filters import ORDER_WORK
from dashboard.selectors.home import WORK
from dashboard.selectors.orders import PaymentState
from local_services.demo import STATES

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


def test_titles_which_tell_demo_orders_apart_are_different():
    assert len({state.title for state in STATES}) == len(STATES)
