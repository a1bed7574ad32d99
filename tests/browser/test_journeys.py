"""The main job, in a browser, on a real `make run`: from the home page to the e-mail and staff.

Seven ways to pay, each seen in the shop, in the inbox and by staff; then with and without scripts.
"""

import json
import re
import signal
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from playwright.sync_api import expect

from local_services.shop_database import STAFF_EMAIL
from tests.browser.journey import (
    SET,
    choose_the_set,
    give_an_address,
    open_page,
    order_number,
    ready_to_pay,
    stripe_sandbox,
)
from tests.functional.stripe.sandbox import ASKS_3DS, CARD, DECLINED
from tests.running import Run
from tests.staff import log_in

pytestmark = pytest.mark.slow
TOTAL = 3595  # pence, with delivery


@pytest.fixture(scope="module")
def shop(var):
    """One shop for all journeys."""
    run = Run(var)
    try:
        yield run.wait_until_open()
    finally:
        run.kill()


@pytest.fixture(scope="module")
def address(shop):
    return f"http://127.0.0.1:{shop.port}"


@pytest.fixture(scope="module")
def staff(browser, shop, address):
    """A page of a member of staff who is logged in."""
    page = open_page(browser)
    password = shop.printed(r"with the password (\S+)")
    log_in(page, address, STAFF_EMAIL, password)
    return page


@pytest.fixture
def inbox(browser, shop):
    page = open_page(browser)
    page.goto(shop.printed(r"E-mail inbox\s+(\S+)"))
    yield page
    page.context.close()


@pytest.fixture
def visitor(browser, address):
    """A new customer's page, at the last step before paying."""
    page = open_page(browser)
    page.context.add_cookies(ready_to_pay(address))
    page.goto(f"{address}/checkout/review/")
    yield page
    page.context.close()


@pytest.fixture
def ends_right(var, address, staff, inbox):
    """Check that an order is paid once: at the stripe_sandbox, in the inbox and in the staff's list."""

    def check(number):
        expect_one_email(inbox, number)
        payments = requests.get(f"http://{stripe_sandbox(var)}/_sandbox/ledger", timeout=10).json()
        of_order = [row for row in payments["payments"] if row["reference"] == number]
        assert [(row["captured"], row["refunded"]) for row in of_order] == [(TOTAL, 0)]
        staff.goto(f"{address}/staff/order/order/?q={number}")
        row = staff.get_by_role("row").filter(has_text=f"#{number}")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("Paid")

    return check


def expect_one_email(inbox, number):
    subject = inbox.get_by_role("link", name=f"Your Stillwater order {number}", exact=True)
    reload_when_sent(inbox, number)
    expect(subject).to_have_count(1)


def reload_when_sent(inbox, number):
    """Ask for the list, which costs less than to show it, until the worker has sent the e-mail."""
    for _ in range(200):
        if f"Your Stillwater order {number}<" in requests.get(inbox.url, timeout=10).text:
            break
        inbox.wait_for_timeout(100)
    inbox.reload()


def to_stripe(page):
    page.get_by_role("button", name="Pay £35.95").click()
    page.wait_for_url("**/c/pay/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("35.95 GBP")


def pay(page, number=CARD):
    page.get_by_label("Card number").fill(number)
    page.locator("button[value=card]").click()


def thanked(page):
    """Wait for the order's page and return the order's number."""
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("Thank you.")).to_be_visible()
    return order_number(page)


def test_paid(visitor, ends_right):
    to_stripe(visitor)
    pay(visitor)
    ends_right(thanked(visitor))


def test_declined_then_paid(visitor, ends_right):
    to_stripe(visitor)
    pay(visitor, DECLINED)
    expect(visitor.get_by_role("alert")).to_have_text("Your card was declined.")
    pay(visitor)
    ends_right(thanked(visitor))


def test_3d_secure(visitor, ends_right):
    to_stripe(visitor)
    pay(visitor, ASKS_3DS)
    visitor.get_by_role("button", name="Fail").click()
    expect(visitor.get_by_role("alert")).to_contain_text("unable to authenticate")
    pay(visitor, ASKS_3DS)
    visitor.get_by_role("button", name="Complete").click()
    ends_right(thanked(visitor))


def test_canceled_then_paid(visitor, address, ends_right):
    to_stripe(visitor)
    visitor.get_by_role("link", name="Back to the shop").click()
    visitor.wait_for_url("**/basket/")
    expect(visitor.locator("#basket")).to_contain_text("£32.00")
    visitor.goto(f"{address}/checkout/review/")
    to_stripe(visitor)
    pay(visitor)
    ends_right(thanked(visitor))


def test_tab_closed_right_after_paying(visitor, inbox, ends_right):
    """The browser sends the payment and follows no answer: the webhook alone completes."""
    to_stripe(visitor)
    number = re.search(r"Order (\d+)", visitor.locator("li").first.inner_text())[1]
    form = {"method": "card", "number": CARD}
    taken = visitor.request.post(visitor.url, form=form, max_redirects=0)
    assert taken.status == 303
    visitor.close()
    ends_right(number)


def test_double_click(visitor, ends_right):
    visitor.get_by_role("button", name="Pay £35.95").dblclick()
    visitor.wait_for_url("**/c/pay/**")
    pay(visitor)
    ends_right(thanked(visitor))


def test_two_tabs(visitor, ends_right):
    second = visitor.context.new_page()
    second.goto(visitor.url)
    to_stripe(visitor)
    to_stripe(second)
    assert second.url == visitor.url
    pay(visitor)
    number = thanked(visitor)
    pay(second)
    assert thanked(second) == number
    ends_right(number)


SKU_STOCK = """
    SELECT s.quantity - COALESCE(SUM(a.quantity_allocated), 0)
    FROM warehouse_stock s
    JOIN product_productvariant v ON v.id = s.product_variant_id
    JOIN product_product p ON p.id = v.product_id
    LEFT JOIN warehouse_allocation a ON a.stock_id = s.id
    WHERE p.name = %s GROUP BY s.id
"""


def left_of(name, var):
    url = json.loads((var / "secrets" / "addresses").read_text())["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        return connection.execute(SKU_STOCK, [name]).fetchone()[0]


def buy_it(page, address):
    choose_the_set(page, address)
    give_an_address(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What others will see")
    page.get_by_role("link", name="Good, continue").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and pay")
    asked_before_paying = set(page.hosts)
    page.get_by_role("button", name="Pay £35.95").click()
    page.wait_for_url("**/c/pay/**")
    assert asked_before_paying == {urlsplit(address).netloc}
    expect(page.get_by_role("heading", level=1)).to_have_text("35.95 GBP")
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.locator("button[value=card]").click()
    page.wait_for_url("**/orders/**")
    expect(page.get_by_text("Thank you.")).to_be_visible()


def the_email_is_there(page, shop, number):
    page.goto(shop.printed(r"E-mail inbox\s+(\S+)"))
    subject = page.get_by_role("link", name=f"Your Stillwater order {number}")
    reload_when_sent(page, number)
    subject.click()
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text(f"Your order {number}, placed on")
    expect(body).not_to_contain_text(SET)  # only for who asks for the details
    expect(page.locator("pre")).to_contain_text(f"Your order {number}, placed on")


def staff_see_it(page, shop, number):
    page.goto(f"http://127.0.0.1:{shop.port}/staff/order/order/")
    page.get_by_role("link", name=f"#{number}", exact=True).click()
    expect(page.get_by_text(SET).first).to_be_visible()
    assert page.hosts == {f"127.0.0.1:{shop.port}"}
    assert page.complaints == []


def buys(browser, staff, shop, var, *, javascript):
    """Buy a set, see it in the inbox and as staff; return the page, the order's number and path."""
    before = left_of(SET, var)
    page = open_page(browser, java_script_enabled=javascript)

    buy_it(page, f"http://127.0.0.1:{shop.port}/")

    number, path = order_number(page), urlsplit(page.url).path
    assert page.title() == f"Your order {number} · Stillwater"
    # nobody was asked for anything but the shop, and its stripe_sandbox once the customer went to pay
    assert page.hosts == {f"127.0.0.1:{shop.port}", stripe_sandbox(var)}
    assert page.complaints == []
    assert left_of(SET, var) == before - 1
    the_email_is_there(page, shop, number)
    staff_see_it(staff, shop, number)
    return page, number, path


# The last in this file, for it ends the shop.
def test_guests_buy_with_and_without_javascript_and_it_is_all_there_after_a_restart(
    browser, staff, shop, run, var
):
    bought = [
        buys(browser, staff, shop, var, javascript=javascript) for javascript in (True, False)
    ]
    left = left_of(SET, var)

    shop.end(signal.SIGTERM)
    again = run().wait_until_open()
    for page, number, path in bought:
        page.goto(f"http://127.0.0.1:{again.port}{path}")
        assert order_number(page) == number
    assert left_of(SET, var) == left
