"""Who may open an order's page: the link's reader, the buying browser, the owner; nobody else."""

import time
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.core import signing
from saleor.order.models import Order

from plugins.ordering.links import LINK_LIFETIME, order_from_link, order_link
from storefront.order_access import ORDER_ACCESS_LIFETIME
from tests.factories import UserFactory
from tests.personas import anonymous, customer, link_holder, owner, staff, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("", "seen/", "discretion/")
SECRETS = ("Gentle", "Marsh", "4 Mill Lane", "LEWES", "robin@example.org", "101.50")


def address(order, page=""):
    return f"/orders/{order.token}/{page}"


def path(order):
    return urlsplit(order_link(order=order)).path


def signed(order):
    return path(order).split("/")[-2]


def later(wait):
    """Let the clock of links and grants stand `wait` from now."""
    moment = time.time() + wait.total_seconds()
    return patch("time.time", return_value=moment)


def is_kept_out(response):
    """Whether the page says nothing about the order, and where to go from here."""
    page = response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "<title>Your order · Stillwater</title>" in page
    assert [secret for secret in SECRETS if secret in page] == []
    return response.status_code == 403 and "This link has expired" in page


def test_a_link_lets_in_and_leaves_no_working_address_behind(buy, settings):
    order, client = buy(), anonymous()
    answer = client.get(path(order))
    assert (answer.status_code, answer.headers["Location"]) == (302, address(order))
    assert answer.headers["Cache-Control"] == "private, no-store"
    cookie = answer.cookies[settings.ORDERS_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == ORDER_ACCESS_LIFETIME.total_seconds()
    page = client.get(address(order))
    assert page.status_code == 200
    assert f"<title>Your order {order.pk} · Stillwater</title>" in page.content.decode()
    assert is_kept_out(anonymous().get(address(order)))


def test_in_production_the_grant_travels_over_https_only(buy, settings):
    settings.ORDERS_COOKIE_NAME, settings.ORDERS_COOKIE_SECURE = "__Host-orders", True
    cookie = anonymous().get(path(buy())).cookies["__Host-orders"]
    assert (cookie["secure"], cookie["domain"], cookie["path"]) == (True, "", "/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_an_order_is_for_its_reader_only(buy, page):
    order = buy()
    owner_of_it = customer(UserFactory(email="robin@example.org"))
    assert link_holder(order).get(address(order, page)).status_code == 200
    for somebody in (
        anonymous(), wrong_customer(), owner_of_it, staff("order.manage_orders"), staff(), owner(),
    ):  # fmt: skip
        assert is_kept_out(somebody.get(address(order, page)))


def test_an_account_opens_the_orders_it_placed_and_no_other(buy):
    mine, of_another = buy(), buy()
    user = UserFactory()
    Order.objects.filter(pk=mine.pk).update(user=user)
    client = customer(user)
    assert client.get(address(mine)).status_code == 200
    assert is_kept_out(client.get(address(of_another)))


def test_the_link_of_one_order_opens_no_other(buy):
    first, second = buy(), buy()
    client = link_holder(first)
    assert is_kept_out(client.get(address(second)))
    client.get(path(second))
    assert client.get(address(first)).status_code == client.get(address(second)).status_code == 200


def test_a_browser_keeps_the_newest_five(place):
    client, orders = anonymous(), [place() for _ in range(6)]
    for order in orders:
        client.get(path(order))
    codes = [client.get(address(order)).status_code for order in orders]
    assert codes == [403, 200, 200, 200, 200, 200]


@pytest.mark.parametrize("do", ["pay/", "discretion/"])
def test_nobody_else_can_do_anything_to_an_order(place, do):
    order = place()
    before = Order.objects.values().get()
    for somebody in (anonymous(), wrong_customer(), staff("order.manage_orders")):
        assert is_kept_out(somebody.post(address(order, do), {"handover": "signature"}))
    assert Order.objects.values().get() == before


def test_an_unknown_order_looks_like_one_of_somebody_else(buy):
    order = buy()
    theirs = anonymous().get(address(order))
    unknown = anonymous().get("/orders/00000000-0000-4000-8000-000000000000/")
    assert is_kept_out(theirs)
    assert is_kept_out(unknown)
    assert len(theirs.content) == len(unknown.content)


def test_a_link_works_until_it_ends(buy):
    order = buy()
    link = path(order)
    with later(LINK_LIFETIME - timedelta(minutes=1)):
        assert anonymous().get(link).status_code == 302
    with later(LINK_LIFETIME + timedelta(minutes=1)):
        response = anonymous().get(link)
    assert is_kept_out(response)
    assert not response.cookies.get("orders")


def test_a_grant_ends_also_for_a_browser_that_keeps_its_cookie(buy):
    order = buy()
    client = link_holder(order)
    for wait, code in ((-timedelta(minutes=1), 200), (timedelta(minutes=1), 403)):
        with later(ORDER_ACCESS_LIFETIME + wait):
            assert client.get(address(order)).status_code == code


def test_opening_another_order_does_not_lengthen_an_older_grant(buy):
    first, second = buy(), buy()
    client = link_holder(first)
    with later(ORDER_ACCESS_LIFETIME / 2):
        client.get(path(second))
    with later(ORDER_ACCESS_LIFETIME + timedelta(minutes=1)):
        assert client.get(address(first)).status_code == 403
        assert client.get(address(second)).status_code == 200


def forged(order):
    """Links that somebody could make up without our key, or with another purpose of it."""
    good = signed(order)
    payload = [order.pk, "0" * 12]
    return {
        "tampered": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "another number": signing.dumps([order.pk + 1], key="guess") + good,
        "another purpose": signing.dumps(payload, salt="storefront.order_access"),
        "another key": signing.dumps(payload, key="guess", salt="plugins.ordering.links"),
        "no signature": good.split(":")[0],
        "order number": str(order.pk),
        "order token": order.token,
    }


def test_forged_links_open_nothing(buy):
    order = buy()
    for name, value in forged(order).items():
        response = anonymous().get(f"/orders/open/{value}/")
        assert is_kept_out(response), name
        assert not response.cookies.get("orders"), name


@pytest.mark.parametrize("value", ["", "x", "e30:x:y", "{token}"])
def test_a_forged_grant_opens_nothing(buy, settings, value):
    order, client = buy(), anonymous()
    client.cookies[settings.ORDERS_COOKIE_NAME] = value.format(token=order.token)
    assert is_kept_out(client.get(address(order)))


def test_a_link_is_no_grant_and_a_grant_is_no_link(buy, settings):
    order = buy()
    grant = link_holder(order).cookies[settings.ORDERS_COOKIE_NAME].value
    assert order_from_link(grant) is None
    thief = anonymous()
    thief.cookies[settings.ORDERS_COOKIE_NAME] = signed(order)
    assert is_kept_out(thief.get(address(order)))


def test_once_the_address_is_corrected_the_link_at_the_wrong_one_opens_nothing(buy):
    order = buy()
    link = path(order)
    Order.objects.filter(pk=order.pk).update(user_email="right@example.org")
    assert is_kept_out(anonymous().get(link))
    order.refresh_from_db()
    assert anonymous().get(path(order)).status_code == 302


def test_a_draft_of_staff_has_no_working_link(buy):
    order = buy()
    link = path(order)
    Order.objects.update(status="draft")
    assert is_kept_out(anonymous().get(link))


def test_links_and_pages_stay_closed_after_leaving_quickly(buy):
    order = buy()
    client = link_holder(order)
    client.cookies["left"] = "1"
    for one in (path(order), address(order)):
        page = client.get(one).content.decode()
        assert "This page is closed" in page
        assert "Gentle" not in page


def test_a_spanish_order_is_opened_read_and_billed_in_spanish(buy):
    order = buy()
    Order.objects.update(language_code="es")
    order.refresh_from_db()
    client = anonymous()
    answer = client.get(path(order))
    assert path(order).startswith("/es/orders/open/")
    assert answer.headers["Location"] == f"/es{address(order)}"
    page = client.get(answer.headers["Location"]).content.decode()
    assert '<html lang="es"' in page
    assert "Hiciste el pedido." in page
    assert client.get(f"/es{address(order, 'receipt/')}").content.startswith(b"%PDF")
    assert is_kept_out(anonymous().get(path(order).replace("/es/orders/open/", "/orders/open/x")))
