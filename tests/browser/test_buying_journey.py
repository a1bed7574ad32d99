"""The main job, in a browser, on a real `make run`: from the home page to the e-mail and staff."""

import json
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import expect

from local_services import commands
from local_services.schema import ROOT
from local_services.shop_database import STAFF_EMAIL
from tests.browser.journey import (
    SET,
    choose_the_set,
    give_an_address,
    open_page,
    order_number,
    stripe_sandbox,
)
from tests.staff import log_in

pytestmark = pytest.mark.slow

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
    for _ in range(20):  # the worker sends it: look again until it has
        if subject.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    subject.click()
    body = page.frame_locator("iframe").locator("body")
    expect(body).to_contain_text(f"We have your payment for order {number}")
    expect(body).not_to_contain_text(SET)  # only for who asks for the details
    expect(page.locator("pre")).to_contain_text(f"We have your payment for order {number}")


def reset_second_factor_of(var):
    """Forget the authenticator app that an earlier customer's order has set up."""
    addresses = json.loads((var / "secrets" / "addresses").read_text())
    command = [sys.executable, "manage.py", "reset_second_factor", STAFF_EMAIL]
    environment = commands.environment(**addresses)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def staff_see_it(page, shop, number):
    password = shop.printed(r"with the password (\S+)")
    log_in(page, f"http://127.0.0.1:{shop.port}", STAFF_EMAIL, password)
    page.goto(f"http://127.0.0.1:{shop.port}/staff/order/order/")
    page.get_by_role("link", name=f"#{number}", exact=True).click()
    expect(page.get_by_text(SET).first).to_be_visible()
    assert page.hosts == {f"127.0.0.1:{shop.port}"}
    assert page.complaints == []


def buys(browser, shop, var, *, javascript):
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
    reset_second_factor_of(var)
    staff_see_it(open_page(browser), shop, number)
    return page, number, path


def test_guests_buy_with_and_without_javascript_and_it_is_all_there_after_a_restart(
    browser, run, var
):
    shop = run().wait_until_open()
    bought = [buys(browser, shop, var, javascript=javascript) for javascript in (True, False)]
    left = left_of(SET, var)

    shop.end(signal.SIGTERM)
    again = run().wait_until_open()
    for page, number, path in bought:
        page.goto(f"http://127.0.0.1:{again.port}{path}")
        assert order_number(page) == number
    assert left_of(SET, var) == left
