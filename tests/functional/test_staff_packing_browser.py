"""The bench in Chromium without JavaScript, with a scanner: letters and Enter, and no mouse."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import PackingJob
from tests import personas
from tests.browsing import CHROMIUM, chromium
from tests.factories import variant_in_stock
from tests.unit.dashboard import builders

SHOTS = os.environ.get("SHOTS", "")
LOOKS = ((390, "dark"), (1280, "light"), (820, "light"))  # the last is what the packer works with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def order():
    made = builders.order(paid=True, shipping_method_name="Tracked 48")
    for sku, shelf, quantity in (("SW-S-0103", "C3", 2), ("SW-1-05", "A1", 1)):
        variant = variant_in_stock(9, sku=sku, private_metadata={"bin": shelf})
        builders.line(made, variant, quantity)
    store_contract(order=made, rules=current_settings())
    return made


@contextmanager
def bench(address):
    """Yield a page of a packer who gave both factors; JavaScript is off here."""
    client = personas.in_role("Packer")
    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 820, "height": 1100}, java_script_enabled=False
        )
        cookie = {"name": "sid", "value": client.cookies["sid"].value, "url": address}
        context.add_cookies([cookie])
        yield context.new_page()


def look(page, name):
    """Nothing is wider than a phone, a tablet or a desk's screen; keep pictures where wanted."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 1100})
        page.emulate_media(color_scheme=scheme)
        assert page.locator("body").evaluate("body => body.scrollWidth <= innerWidth"), name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def scan(page, sku):
    expect(page.get_by_label("Scan or type the SKU")).to_be_focused()
    page.keyboard.type(sku)
    page.keyboard.press("Enter")


def test_a_parcel_is_packed_with_a_scanner_alone(live_server, order):
    with bench(live_server.url) as page:
        page.goto(f"{live_server.url}/staff/packing/pick-list/")
        expect(page.get_by_role("cell", name="C3")).to_be_visible()
        look(page, "pick-list")
        page.get_by_role("link", name="All orders").click()
        page.wait_for_url("**/staff/packing/")
        look(page, "queue")
        expect(page.get_by_label("Order number")).to_be_focused()
        page.keyboard.type(str(order.pk))
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/packing/{order.pk}/")
        expect(page.get_by_role("button", name="Begin to pack")).to_be_focused()
        look(page, "begin")
        page.keyboard.press("Enter")
        scan(page, "SW-1-05")
        expect(page.get_by_text("1 of 1")).to_be_visible()
        scan(page, "SW-1-09")
        expect(page.get_by_text("“SW-1-09” is not in this order.")).to_be_visible()
        look(page, "wrong")
        page.get_by_role("button", name="It is back in its bin").press("Enter")
        scan(page, "SW-S-0103")
        expect(page.get_by_text("1 of 2")).to_be_visible()
        look(page, "counting")
        scan(page, "SW-S-0103")
        expect(page.get_by_text("All pieces are in.")).to_be_visible()
        boxes = page.get_by_role("checkbox")
        assert boxes.count() == 1  # all is as usual
        for number in range(boxes.count()):
            boxes.nth(number).press("Space")
        page.get_by_label("Tracking number").fill("AB123456789GB")
        look(page, "ready")
        page.get_by_role("button", name="Packed: hand it to the carrier").press("Enter")
        page.wait_for_url("**/staff/packing/")
        expect(page.get_by_text(f"Order {order.pk} is on its way.")).to_be_visible()
        expect(page.get_by_text("Everything is packed.")).to_be_visible()
    order.refresh_from_db()
    assert order.status == "fulfilled"
    assert not PackingJob.objects.filter(state="packing").exists()
