"""An order's page in Chromium: from the e-mail to the end of the order, without scripts."""

import os
import re
from contextlib import contextmanager

import pytest
from django.core import mail
from playwright.sync_api import expect
from saleor.order.models import Fulfillment, Order

from plugins.ordering.cancelling import cancel_order
from tests.browsing import CHROMIUM, chromium

SHOTS = os.environ.get("SCREENSHOTS")  # a folder to look at afterwards
LOOKS = ((1280, "dark"), (390, "light"))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def shop(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    return live_server.url


@contextmanager
def browser():
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 390, "height": 900}, java_script_enabled=False
        )
        page = context.new_page()
        yield page


def look(page, name):
    """Nothing is wider than a screen or a phone; take pictures where they are wanted."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        widest = page.locator("main").evaluate("main => main.scrollWidth - main.clientWidth")
        assert widest <= 0, name


def link_to(order):
    """The link in the confirmation of this order."""
    (message,) = [m for m in mail.outbox if m.subject == f"Your Stillwater order {order.pk}"]
    return re.search(r"http\S+/orders/open/\S+", message.body)[0]


@pytest.fixture
def sent(shop, buy):
    order = buy()
    Fulfillment.objects.create(order=order, tracking_number="AB123456789GB")
    Order.objects.filter(pk=order.pk).update(status="fulfilled")
    return order


@pytest.fixture
def cancelled(shop, buy):
    order = buy()
    cancel_order(order_id=order.pk, actor_id=None, reason="Changed my mind")
    return order


# Playwright's event loop and the database do not go together: all rows are made beforehand.
def test_by_link_and_keyboard_from_a_lost_link_to_the_end(shop, buy, sent, cancelled):
    order = buy()
    number, address = order.pk, f"{shop}/orders/{order.token}/"
    with browser() as page:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
        look(page, "expired")
        page.get_by_label("Order number").fill("12a")
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/link/")
        expect(page.get_by_text("Enter the order’s number, such as 1042.")).to_be_visible()
        look(page, "new-link-wrong")
        page.get_by_label("Order number").fill(str(number))
        page.get_by_label("E-mail").fill("robin@example.org")
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/link/sent/")
        look(page, "link-sent")

        page.goto(link_to(order))
        page.wait_for_url(address)
        assert page.title() == f"Your order {number} · Stillwater"
        look(page, "paid")
        with page.expect_download() as receipt:
            page.get_by_role("link", name="Receipt (PDF)").click()
        assert receipt.value.suggested_filename == f"receipt-{number}.pdf"
        page.get_by_role("link", name="Cancel this order").click()
        page.wait_for_url("**/cancel/")
        look(page, "cancel")
        page.get_by_role("button", name="Cancel the order").press("Enter")
        page.wait_for_url(address)
        expect(page.get_by_text("This order is cancelled")).to_be_visible()

        for name, other in (("sent", sent), ("cancelled", cancelled)):
            page.goto(link_to(other))
            page.wait_for_url(f"**/orders/{other.token}/")
            look(page, name)
    assert f"A new link to your Stillwater order {number}" in [m.subject for m in mail.outbox]
