"""An order's page in Chromium: from the e-mail to the end of the order, without scripts."""

import os
import re
from contextlib import contextmanager

import pytest
from django.core import mail
from playwright.sync_api import expect
from saleor.order.models import Fulfillment, Order
from saleor.warehouse.models import Stock

from plugins.fulfilment.packing import fulfil
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import announce_return, record_return
from plugins.ordering.refunds import cancel_order
from tests.browsing import CHROMIUM, chromium
from tests.factories import UserFactory, VariantFactory, variant_in_stock

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
        wrong = "Enter the order’s number, such as 1042."
        expect(page.get_by_role("alert").get_by_role("link", name=wrong)).to_be_visible()
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


def sent_with_other_size(buy, clerk):
    """A sent order of two pieces, of which another size is sold that costs 11.00 more."""
    order = buy((variant_in_stock(9, product__name="Gentle set", name="Size 1"), 2))
    known = order.lines.get()
    fulfil(order_id=order.pk, pieces={known.pk: 2}, actor_id=clerk.pk)
    other = VariantFactory(
        product=known.variant.product, name="Size 2", price_override_amount="60.00"
    )
    Stock.objects.create(
        warehouse=Stock.objects.first().warehouse, product_variant=other, quantity=5
    )  # fmt: skip
    return order, known, other


def test_another_size_is_asked_for_paid_or_called_off_without_scripts(shop, buy):
    clerk = UserFactory(is_staff=True)
    order, _known, _other = sent_with_other_size(buy, clerk)
    done, known, other = sent_with_other_size(buy, clerk)
    pieces = {known.pk: 1}
    about = announce_return(
        order_id=done.pk, pieces=pieces, sealed=True, wanted={known.pk: other.pk}
    )  # fmt: skip
    record_return(order_id=done.pk, pieces=pieces, sealed=True, sound=True, actor_id=clerk.pk)
    replacement = agree_exchange(return_id=about.pk, actor_id=clerk.pk)
    with browser() as page:
        page.goto(link_to(order))
        page.get_by_role("link", name="Return something").first.click()
        look(page, "return-form")
        page.get_by_label("Gentle set, Size 1").fill("1")
        page.get_by_label("In exchange for it").select_option(
            label="Size 2, £60.00: you pay £11.00 more"
        )
        page.get_by_label("Unopened: every seal is whole").check()
        page.get_by_role("button", name="Announce the return").click()
        expect(page.get_by_text("in exchange for Size 2")).to_be_visible()
        look(page, "return-announced")

        page.goto(link_to(done))
        look(page, "exchange-to-pay")
        page.get_by_role("link", name="Pay the difference of £11.00").click()
        page.wait_for_url(f"**/orders/{replacement.token}/")
        expect(page.get_by_role("button", name="Pay £11.00 now")).to_be_visible()
        look(page, "replacement-to-pay")
        page.get_by_role("link", name="I want my money back instead").click()
        look(page, "replacement-cancel")
        page.get_by_role("button", name="Cancel the order").click()
        page.wait_for_url(f"**/orders/{replacement.token}/")
        expect(
            page.get_by_text("You get back what you paid for what you sent back")
        ).to_be_visible()
        look(page, "replacement-ended")
        page.goto(link_to(done))
        look(page, "exchange-ended")
