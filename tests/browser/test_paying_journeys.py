"""Seven ways to pay on a real `make run`, each seen in the shop, in the inbox and by staff."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.journey import (
    choose_the_set,
    give_an_address,
    open_page,
    order_number,
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
        for process in [*run.processes(), run.process]:
            process.kill()


@pytest.fixture(scope="module")
def address(shop):
    return f"http://127.0.0.1:{shop.port}"


@pytest.fixture(scope="module")
def staff(browser, shop, address):
    """A page of a member of staff who is logged in."""
    page = open_page(browser)
    password = shop.printed(r"with the password (\S+)")
    log_in(page, address, "staff@stillwater.example", password)
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
    choose_the_set(page, f"{address}/")
    give_an_address(page)
    page.wait_for_url("**/checkout/delivery/")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/seen/")
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
    for _ in range(40):  # the worker sends it: look again until it has
        if subject.count():
            break
        inbox.wait_for_timeout(500)
        inbox.reload()
    expect(subject).to_have_count(1)


def to_the_till(page):
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
    to_the_till(visitor)
    pay(visitor)
    ends_right(thanked(visitor))


def test_declined_then_paid(visitor, ends_right):
    to_the_till(visitor)
    pay(visitor, DECLINED)
    expect(visitor.get_by_role("alert")).to_have_text("Your card was declined.")
    pay(visitor)
    ends_right(thanked(visitor))


def test_3d_secure(visitor, ends_right):
    to_the_till(visitor)
    pay(visitor, ASKS_3DS)
    visitor.get_by_role("button", name="Fail").click()
    expect(visitor.get_by_role("alert")).to_contain_text("unable to authenticate")
    pay(visitor, ASKS_3DS)
    visitor.get_by_role("button", name="Complete").click()
    ends_right(thanked(visitor))


def test_canceled_then_paid(visitor, address, ends_right):
    to_the_till(visitor)
    visitor.get_by_role("link", name="Back to the shop").click()
    visitor.wait_for_url("**/basket/")
    expect(visitor.locator("#basket")).to_contain_text("£32.00")
    visitor.goto(f"{address}/checkout/review/")
    to_the_till(visitor)
    pay(visitor)
    ends_right(thanked(visitor))


def test_tab_closed_right_after_paying(visitor, inbox, ends_right):
    """The browser sends the payment and follows no answer: the webhook alone completes."""
    to_the_till(visitor)
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
    to_the_till(visitor)
    to_the_till(second)
    assert second.url == visitor.url
    pay(visitor)
    number = thanked(visitor)
    pay(second)
    assert thanked(second) == number
    ends_right(number)
