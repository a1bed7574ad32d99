"""The pages of an order in Chromium, each looked at in a telephone's and a desk's width."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect
from saleor.order.models import Order

from dashboard.models import SavedView
from plugins.discreet_shipping.order_contract import store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.packing import fulfil
from tests import personas
from tests.browsing import CHROMIUM, chromium
from tests.factories import ShippingMethodFactory, UserFactory, variant_in_stock
from tests.unit.dashboard import builders

SHOTS = os.environ.get("SHOTS", "")
SCHEME = os.environ.get("SCHEME", "light")
WIDTHS = (390, 1280)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@contextmanager
def desk(address):
    """Yield a page of somebody of support, and the list of what went wrong in it."""
    client, wrong = personas.in_role("Support"), []
    with chromium() as browser:
        context = browser.new_context(viewport=screen(WIDTHS[-1]), color_scheme=SCHEME)
        cookie = {"name": "sid", "value": client.cookies["sid"].value, "url": address}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page, wrong


def screen(width):
    return {"width": width, "height": 900}


def look(page, name):
    for width in WIDTHS:
        page.set_viewport_size(screen(width))
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{SCHEME}.png", full_page=True)


def order(*, is_sent=False):
    made = builders.order(paid=True, shipping_method=ShippingMethodFactory())
    line = builders.line(made, variant_in_stock(9, product__name="A set with a long name"), 2)
    store_contract(order=made, rules=current_settings())
    if is_sent:
        fulfil(order_id=made.pk, pieces={line.pk: 2}, actor_id=UserFactory(is_staff=True).pk)
    return made


def test_support_moves_an_order_and_keeps_a_view(live_server):
    unpaid, paid, sent = builders.order(), order(), order(is_sent=True)
    orders = f"{live_server.url}/staff/order/order/"
    with desk(live_server.url) as (page, wrong):
        page.goto(f"{orders}?work=to_pack")
        look(page, "list")
        page.get_by_role("link", name="Keep this view").click()
        page.wait_for_url("**/views/**")
        page.get_by_label("Name").fill("To pack")
        look(page, "view")
        page.get_by_role("button", name="Keep this view").click()
        page.wait_for_url("**/order/order/?work=to_pack")
        expect(page.get_by_role("link", name="To pack", exact=True).first).to_be_visible()
        look(page, "views")

        page.goto(f"{orders}{paid.pk}/change/")
        look(page, "order")
        page.goto(f"{orders}{paid.pk}/address/")
        page.locator("#id_street_address_1").fill("7 Quay Street")
        look(page, "address")
        page.get_by_role("button", name="Send it there").click()
        page.wait_for_url(f"**/{paid.pk}/change/")
        expect(page.get_by_text("The order goes to the new address.")).to_be_visible()

        for what in ("step", "return", "refund", "note"):
            page.goto(f"{orders}{sent.pk}/{what}/")
            look(page, what)

        page.goto(orders)
        page.locator(f"input[name=_selected_action][value='{unpaid.pk}']").check()
        page.locator("select[name=action]").select_option("add_note")
        look(page, "chosen")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("button", name="Add the note")).to_be_visible()
        look(page, "bulk")
        page.locator("#id_message").fill("Wait for Friday")
        page.get_by_role("button", name="Add the note").click()
        expect(page.get_by_text(f"Done for order {unpaid.pk}.")).to_be_visible()
        look(page, "done")
    assert wrong == []
    assert SavedView.objects.get().query == "work=to_pack"
    assert Order.objects.get(pk=paid.pk).shipping_address.street_address_1 == "7 Quay Street"
