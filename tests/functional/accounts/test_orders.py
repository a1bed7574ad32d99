"""Orders in an account: one's own, and none that somebody's address merely fits."""

import pytest
from saleor.account.models import User
from saleor.order.models import Order

from plugins.ordering.email_promises import message_promise
from plugins.ordering.links import order_link
from plugins.ordering.placing import place_order
from storefront.orders import order_id_for
from tests import personas
from tests.factories import basket, variant_in_stock
from tests.functional.accounts.conftest import mailed_path
from tests.functional.accounts.test_links import choose

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    checkout = basket((variant_in_stock(9, product__name="Gentle set"), 2))
    return Order.objects.get(pk=place_order(checkout_token=checkout.pk).order_id)


def add(client, order):
    return client.post(f"/account/orders/{order.token}/add/")


def listed(client):
    return client.get("/account/orders/").content.decode()


def test_a_guests_order_is_not_put_into_an_account_with_its_address(ask, order):
    assert order.user_email == "robin@example.org"
    ask("register", order.user_email)
    client, _answer = choose(mailed_path(order.user_email))
    assert "There is no order in your account yet." in listed(client)
    assert client.get(f"/orders/{order.token}/").status_code == 403
    assert add(client, order).status_code == 403


def test_whoever_opens_the_orders_link_can_add_it(order, robin):
    client = personas.customer(robin)
    client.get(order_link(order=order).removeprefix("http://testserver"))
    assert "Put it into my account" in client.get(f"/orders/{order.token}/").content.decode()

    answer = add(client, order)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/orders/")
    order.refresh_from_db()
    assert order.user == robin
    page = listed(client)
    assert f'href="/orders/{order.token}/"' in page
    assert "£101.50" in page
    assert "Gentle" not in page
    assert "Put it into" not in client.get(f"/orders/{order.token}/").content.decode()


def test_an_order_in_an_account_still_writes_to_the_address_that_was_shown(order, robin):
    Order.objects.update(user=robin, user_email="work@example.org")
    order = Order.objects.select_related("user").get()
    assert message_promise(order, "order_confirmed").recipient == "work@example.org"
    assert order_id_for(number=order.pk, email="work@example.org") == order.pk
    assert order_id_for(number=order.pk, email=robin.email) is None


def test_the_orders_of_an_account_follow_its_new_address(order, robin, ask_for):
    client = personas.customer(robin)
    other = Order.objects.create(user=robin, user_email="work@example.org", token="other")
    Order.objects.filter(pk=order.pk).update(user=robin, user_email=robin.email)
    ask_for(client, "new@example.org")
    client.post(mailed_path("new@example.org"))
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.user_email, other.user_email) == ("new@example.org", "work@example.org")


def test_an_order_in_an_account_opens_after_each_log_in_and_for_nobody_else(order, robin):
    Order.objects.update(user=robin)
    assert personas.customer(robin).get(f"/orders/{order.token}/").status_code == 200
    for other in (personas.anonymous(), personas.wrong_customer()):
        assert other.get(f"/orders/{order.token}/").status_code == 403
    assert "There is no order" in listed(personas.customer())


def test_an_order_in_another_account_cannot_be_taken(order, robin):
    Order.objects.update(user=robin)
    other = personas.wrong_customer()
    other.get(order_link(order=order).removeprefix("http://testserver"))
    assert add(other, order).status_code == 404
    order.refresh_from_db()
    assert order.user == robin


def test_strangers_and_staff_are_asked_to_log_in(order):
    for nobody in (personas.anonymous(), personas.staff("order.manage_orders")):
        nobody.get(order_link(order=order).removeprefix("http://testserver"))
        page = nobody.get(f"/orders/{order.token}/").content.decode()
        assert "Put it into my account" not in page
        assert add(nobody, order).headers["Location"].startswith("/account/login/?next=")
        assert nobody.get("/account/orders/").status_code == 302
    assert not Order.objects.filter(user__isnull=False).exists()


def test_many_orders_come_on_pages(robin, order):
    copies = [Order(user=robin, token=f"{n:08}-0000-4000-8000-000000000000") for n in range(25)]
    Order.objects.bulk_create(copies)
    client = personas.customer(robin)
    first, second = listed(client), client.get("/account/orders/?page=2").content.decode()
    assert (first.count('<li class="line">'), second.count('<li class="line">')) == (20, 5)
    assert 'href="?page=2"' in first
    assert 'href="?page=1"' in second
    assert client.get("/account/orders/?page=zillion").status_code == 200


def test_a_draft_of_staff_is_not_listed(robin):
    Order.objects.create(user=robin, status="draft", token="11111111-0000-4000-8000-000000000000")
    assert "There is no order" in listed(personas.customer(robin))
    assert User.objects.get().orders.count() == 1
