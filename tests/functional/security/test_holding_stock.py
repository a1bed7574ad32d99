"""One visitor cannot keep the goods from all others: attacks as HTTP, as many visitors send it."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone
from saleor.checkout.models import Checkout
from saleor.order.models import Order
from saleor.warehouse.models import Allocation

from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.holds import LIMITS, LOOK_BACK, Visitor, forget_old_origins
from plugins.ordering.models import OrderLimits, OrderOrigin, PaymentSession
from plugins.ordering.outcomes import HoldsTooMuch, OrderReleased, PlacedOrder
from plugins.ordering.paying import MAX_SESSIONS, start_payment
from plugins.ordering.placing import place_order
from tests import personas
from tests.factories import FakeProvider, basket, variant_in_stock
from tests.functional.checkout.pages import words
from tests.functional.discretion.life import ADDRESS
from tests.functional.ordering.parallel import at_once
from tests.shown import pay

pytestmark = pytest.mark.django_db(transaction=True)  # no provider is called inside a transaction
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def shop(shop):
    for variant in (shop.full, shop.starter, shop.single, shop.lubricant):
        shop.set_stock(variant, 200)
    return shop


@pytest.fixture
def buyer(shop):
    """Return a function that makes a new browser at the review step."""

    def make(pieces=1, email="robin@example.org", address="203.0.113.7", client=None):
        client = client or Client(headers=OWN, REMOTE_ADDR=address)
        client.cookies.pop("basket", None)
        for variant in (shop.full, shop.starter):
            if wanted := min(pieces, 10):
                client.post("/basket/add/", {"variant": variant.pk, "quantity": wanted})
                pieces -= wanted
        client.post("/checkout/address/", {**ADDRESS, "email": email})
        client.post("/checkout/delivery/", {"method": shop.courier.pk})
        return client

    return make


def held():
    return sum(Allocation.objects.values_list("quantity_allocated", flat=True))


def lapse():
    """Let the time of all unpaid orders end."""
    release_unpaid_orders(now=timezone.now() + timedelta(hours=1))


def test_clean_browsers_with_ever_new_addresses_of_e_mail_hold_four_full_orders(buyer):
    answers = [pay(buyer(15, email=f"robin{n}@example.org")) for n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 4 + [429] * 2
    assert held() == 60
    assert pay(buyer(15, email="robin9@example.org", address="198.51.100.9")).status_code == 303


def test_small_orders_of_one_address_end_as_well():
    variant, limit = variant_in_stock(50), LIMITS["address"].orders
    for n in range(limit):
        checkout = basket((variant, 1), email=f"robin{n}@example.org")
        place_order(checkout_token=checkout.pk, visitor=Visitor(address="a" * 40))
    checkout = basket((variant, 1), email="another@example.org")
    with pytest.raises(HoldsTooMuch):
        place_order(checkout_token=checkout.pk, visitor=Visitor(address="a" * 40))
    assert held() == limit


def test_one_e_mail_however_it_is_written_has_three_unpaid_orders(buyer):
    spelled = (
        "robin@example.org",
        "Robin@Example.ORG",
        "ro\u200bbin@example.org",
        " robin@example.org",
    )
    answers = [
        pay(buyer(1, email=email, address=f"203.0.113.{n}")) for n, email in enumerate(spelled)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]


def test_one_browser_has_three_whatever_it_types_and_whereever_it_is(buyer):
    client = buyer(1)
    client.get("/checkout/review/")  # the form's cookie
    codes = []
    for n in range(4):
        client.defaults["REMOTE_ADDR"] = f"203.0.113.{n}"
        codes.append(pay(buyer(1, email=f"robin{n}@example.org", client=client)).status_code)
    assert codes == [303, 303, 303, 429]


def test_a_refusal_is_kind_says_when_and_loses_nothing(buyer):
    for _ in range(3):
        pay(buyer(1))
    client = buyer(2)
    answer = pay(client)
    assert answer.status_code == 429
    said = words(answer)
    assert "Please pay for one of those orders, or try again in half an hour." in said
    assert "please write to us at hello@stillwater.example" in said
    assert (Order.objects.count(), held()) == (3, 3)
    assert "£178.00" in words(client.get("/basket/"))
    assert 'value="4 Mill Lane"' in client.get("/checkout/address/").content.decode()
    lapse()
    assert pay(client).status_code == 303


def test_one_unpaid_order_never_stands_in_the_way_of_its_own_basket(buyer):
    client = buyer(14)
    for _ in range(3):
        assert pay(client).status_code == 303  # the same order again
    assert held() == 14


def test_holding_again_and_again_ends_too(buyer):
    for _ in range(LIMITS["email"].lapsed):
        assert pay(buyer(1)).status_code == 303
        lapse()
    answer = pay(buyer(1))
    assert answer.status_code == 429
    assert "try again in some hours" in words(answer)
    assert held() == 0
    OrderOrigin.objects.update(placed_at=timezone.now() - LOOK_BACK)
    assert pay(buyer(1)).status_code == 303


def test_who_changes_the_basket_soon_is_not_counted_with_those_who_let_it_lapse(buyer):
    client = buyer(1)
    for quantity in range(2, 9):
        line = re.search(r'action="(/basket/lines/\d+/)"', client.get("/basket/").content.decode())
        client.post(line[1], {"quantity": quantity})
        assert pay(client).status_code == 303
    assert held() == 8


def test_asking_to_pay_again_does_not_hold_for_ever(buyer):
    pay(buyer(1))
    order = Order.objects.get()
    for _ in range(MAX_SESSIONS - 1):
        PaymentSession.objects.update(expires_at=timezone.now())
        assert start_payment(order_id=order.pk).url
    PaymentSession.objects.update(expires_at=timezone.now())
    with pytest.raises(OrderReleased):
        start_payment(order_id=order.pk)
    assert release_unpaid_orders() == 1
    assert held() == 0


def test_five_tabs_at_once_hold_no_more_than_one_after_the_other():
    variant = variant_in_stock(200)
    visitor = Visitor(address="a" * 40, browser="b" * 40)
    tabs = [basket((variant, 12)) for _ in range(5)]
    calls = [partial(place_order, checkout_token=tab.pk, visitor=visitor) for tab in tabs]
    results = at_once(*calls)
    placed = [result for result in results if isinstance(result, PlacedOrder)]
    assert len(placed) == 2  # two full orders are 30 pieces
    assert [type(other) for other in results if other not in placed] == [HoldsTooMuch] * 3
    assert held() == 24


def test_an_order_of_twenty_pieces_is_answered_with_whom_to_write_to(buyer):
    client = buyer(20)
    page = client.get("/checkout/review/")
    assert "at most 15 pieces, and your basket has 20" in words(page)
    assert "write to us at hello@stillwater.example" in words(page)
    answer = pay(buyer(15))
    assert answer.status_code == 303


def test_twenty_pieces_are_refused_when_the_form_is_sent_all_the_same(buyer):
    client = buyer(15)
    page = client.get("/checkout/review/").content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    OrderLimits.objects.create(pk=1, max_pieces=14)
    answer = client.post("/checkout/place/", {"shown": shown})
    assert answer.status_code == 409
    assert "at most 14 pieces, and your basket has 15" in words(answer)
    assert not Order.objects.exists()
    assert Checkout.objects.get().quantity == 15


def test_a_large_order_is_held_for_less_and_shown_to_staff(buyer):
    pay(buyer(1, email="small@example.org"))
    pay(buyer(8))
    small, large = PaymentSession.objects.order_by("pk")
    assert timedelta(minutes=33) < small.expires_at - timezone.now() <= timedelta(minutes=34)
    assert timedelta(minutes=15) < large.expires_at - timezone.now() <= timedelta(minutes=16)
    told = [call["expires_at"] for name, call in FakeProvider.calls if name == "open"]
    assert told[0] == small.expires_at
    assert timedelta(minutes=33) < told[1] - timezone.now()  # no provider's page is shorter
    support = personas.in_role("Support")
    assert "Large, not paid" in support.get("/staff/").content.decode()
    rows = support.get("/staff/order/order/?work=large").content.decode()
    assert f"/staff/order/order/{large.order_id}/change/" in rows
    assert f"/staff/order/order/{small.order_id}/change/" not in rows
    assert release_unpaid_orders(now=timezone.now() + timedelta(minutes=17)) == 1
    assert held() == 1


def test_a_manager_sets_the_limits_and_it_is_written_down(buyer):
    manager = personas.in_role("Manager")
    page = manager.get("/staff/ordering/orderlimits/", follow=True)
    assert page.status_code == 200
    url = "/staff/ordering/orderlimits/1/change/"
    fields = {"max_pieces": 30, "large_from": 20, "large_minutes": 20}
    assert manager.post(url, fields).status_code == 302
    assert OrderLimits.objects.get().max_pieces == 30
    assert "pieces in one order" in LogEntry.objects.get().get_change_message().lower()
    assert pay(buyer(20)).status_code == 303
    for wrong in ("0", "-1", "501", "many", "1e9", "9" * 400, ""):
        assert manager.post(url, {**fields, "max_pieces": wrong}).status_code == 200
    assert OrderLimits.objects.get().max_pieces == 30
    assert personas.in_role("Support").get(url).status_code == 403
    assert personas.in_role("Support").post(url, fields).status_code == 403


def test_addresses_and_browsers_are_kept_as_hashes_for_a_day(buyer):
    pay(buyer(1))
    (kept,) = OrderOrigin.objects.values()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(o)::text FROM ordering_orderorigin o")
        stored = cursor.fetchone()[0]
    assert "203.0.113.7" not in stored
    assert "example.org" not in stored
    assert len({kept["address"], kept["browser"], kept["email"]} - {""}) == 3
    assert forget_old_origins() == 0
    assert forget_old_origins(now=timezone.now() + timedelta(days=1, minutes=1)) == 1
    privacy = words(Client().get("/privacy/"))
    assert "From which internet address, browser and e-mail address an order was placed" in privacy
