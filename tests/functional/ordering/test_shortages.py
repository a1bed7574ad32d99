"""A count below what orders have reserved: it is booked, and the orders without pieces are flagged."""

import pytest
from saleor.order.models import Order, OrderEvent
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.policies import FulfilRefused
from plugins.inventory.documents import CountedPieces, post_count
from plugins.inventory.ledger import check_ledger
from plugins.inventory.models import StockEntry, StockReason
from plugins.inventory.policies import StockRefused
from plugins.inventory.quantities import set_quantity
from plugins.ordering.attention import Claim, review_shortages, unserved
from plugins.ordering.ending import NOT_PAID_IN_TIME, release_order
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.outcomes import SoldOut
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.placing import place_order
from storefront.orders import get_order_page
from tests import personas
from tests.factories import UserFactory, basket, variant_in_stock
from tests.factories.provider import raw_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("provider")]


@pytest.fixture
def variant():
    return variant_in_stock(10)


@pytest.fixture
def keeper():
    return UserFactory(is_staff=True)


@pytest.fixture
def count(variant, keeper, django_capture_on_commit_callbacks):
    """Count the shelf; what happens after the commit has happened."""

    def post(pieces):
        stock = Stock.objects.get(product_variant=variant)
        counted = {variant.pk: CountedPieces(stock.quantity, pieces)}
        with django_capture_on_commit_callbacks(execute=True):
            post_count(
                key=f"00000000-0000-4000-8000-{StockEntry.objects.count():012d}",
                warehouse_id=stock.warehouse_id, counted=counted, actor_id=keeper.pk, note="",
            )  # fmt: skip

    return post


def placed(variant, pieces, *, paid=False):
    order_id = place_order(checkout_token=basket((variant, pieces)).pk).order_id
    if paid:
        order = Order.objects.get(pk=order_id)
        order.payment_sessions.update(provider="fake", reference=f"page-{order_id}")
        session = order.payment_sessions.get()
        record_payment(
            provider="fake", reference=session.reference, amount=order.total.gross,
            raw_id=raw_id(),
        )  # fmt: skip
    return order_id


def flagged():
    orders = Order.objects.order_by("pk")
    return {order.pk: reasons for order in orders if (reasons := attention_reasons(order))}


def on_hand(variant):
    return Stock.objects.get(product_variant=variant).quantity


def test_the_count_is_booked_and_the_newest_unpaid_order_is_flagged(variant, count):
    unpaid_first, paid = placed(variant, 4), placed(variant, 3, paid=True)
    unpaid_last = placed(variant, 2)
    count(8)
    assert on_hand(variant) == 8
    assert flagged() == {unpaid_last: ["stock_short"]}
    notes = OrderEvent.objects.filter(order_id=unpaid_last, type="note_added")
    assert [note.parameters["message"] for note in notes] == [
        f"The shelf is short: this order lacks 1 of {variant.sku}."
    ]
    entry = StockEntry.objects.filter(measure="quantity").latest("pk")
    assert (entry.before, entry.after, entry.reason) == (10, 8, "counted")
    assert check_ledger().differences == ()
    count(3)
    assert flagged() == {unpaid_first: ["stock_short"], unpaid_last: ["stock_short"]}
    assert paid not in flagged()
    count(0)
    assert list(flagged()) == [unpaid_first, paid, unpaid_last]
    assert check_ledger().differences == ()


def test_nothing_is_sold_of_a_short_shelf(variant, count):
    placed(variant, 4)
    count(2)
    with pytest.raises(SoldOut):
        placed(variant, 1)
    count(5)
    with pytest.raises(SoldOut):
        placed(variant, 2)
    placed(variant, 1)
    assert check_ledger().differences == ()


def test_the_flag_goes_when_the_pieces_are_there_again(variant, count):
    order = placed(variant, 4)
    count(2)
    assert list(flagged()) == [order]
    count(4)
    assert flagged() == {}
    assert OrderEvent.objects.filter(
        order_id=order, parameters__message="The pieces that this order lacked are there again."
    ).exists()


def test_the_flag_goes_when_another_order_ends(variant, count):
    first, second = placed(variant, 4), placed(variant, 3)
    count(4)
    assert list(flagged()) == [second]
    release_order(order_id=first, reason=NOT_PAID_IN_TIME)
    assert review_shortages() == []
    assert flagged() == {}


def test_a_flagged_order_that_is_not_paid_is_released_in_time(variant, count):
    order = placed(variant, 4)
    count(0)
    assert release_order(order_id=order, reason=NOT_PAID_IN_TIME).state == "released"
    assert check_ledger().differences == ()


def test_a_flagged_order_is_not_sent_and_its_customer_reads_nothing_of_it(variant, count, keeper):
    order = Order.objects.get(pk=placed(variant, 4, paid=True))
    count(2)
    line = order.lines.get()
    with pytest.raises(FulfilRefused):
        fulfil(order_id=order.pk, pieces={line.pk: 4}, actor_id=keeper.pk)
    assert get_order_page(order.token).state == "paid"


def test_a_mistyped_number_still_has_to_fit_what_was_shown(variant, keeper):
    stock = Stock.objects.get(product_variant=variant)
    with pytest.raises(StockRefused, match="Someone changed this stock meanwhile"):
        set_quantity(
            stock_id=stock.pk, expected=9, wanted=1, actor_id=keeper.pk,
            reason=StockReason.COUNTED,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)  # the orders are looked at after the commit
def test_staff_are_told_which_orders_lack_pieces(variant):
    order = placed(variant, 4)
    stock = Stock.objects.get(product_variant=variant)
    form = {
        "key": "00000000-0000-4000-8000-000000000001", "warehouse": stock.warehouse_id,
        "note": "Shelf 3", "scans": f"{variant.sku} 1", f"expected-{variant.pk}": "10", "post": "",
    }  # fmt: skip
    keeper = personas.staff("dashboard.manage_stock")
    answer = keeper.post("/staff/dashboard/stockitem/count/", form, follow=True)
    assert (on_hand(variant), list(flagged())) == (1, [order])
    assert f"These need attention: {order}." in answer.content.decode()
    support = personas.staff("order.manage_orders")
    page = support.get(f"/staff/order/order/{order}/change/").content.decode()
    assert f"this order lacks 3 of {variant.sku}" in page


@pytest.mark.parametrize(
    ("claims", "on_hand", "lacking"),
    [
        ([(1, 4), (2, 3), (3, 2)], 9, {}),
        ([(1, 4), (2, 3), (3, 2)], 8, {3: 1}),
        ([(1, 4), (2, 3), (3, 2)], 6, {2: 1}),
        ([(1, 4), (2, 3)], 0, {1: 4, 2: 3}),
    ],
)
def test_who_is_served(claims, on_hand, lacking):
    assert unserved([Claim(*claim) for claim in claims], on_hand) == lacking
