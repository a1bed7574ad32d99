"""The staff pages in Chromium: nothing is blocked, nothing is asked of another host."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from saleor.account.models import User
from saleor.warehouse.models import Stock

from plugins.inventory.models import StockEntry
from product_content.models import Guide
from tests import staff
from tests.browsing import CHROMIUM, chromium
from tests.factories import ShippingMethodFactory, VoucherFactory, variant_in_stock
from tests.unit.dashboard import builders

PASSWORD = "long-and-quiet-water"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@contextmanager
def signed_in(address, width):
    """Yield the first page of owner@example.org, who gave both factors, and what went wrong."""
    client, wrong = staff.signed_in(User.objects.get(email="owner@example.org")), []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 900})
        cookie = {"name": "sid", "value": client.cookies["sid"].value, "url": address}
        page.context.add_cookies([cookie])
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda sent: _own(sent.url, address) or wrong.append(sent.url))
        page.on("response", lambda got: got.status < 400 or wrong.append(f"{got.status} {got.url}"))
        page.goto(f"{address}/staff/")
        yield page, wrong


def _own(url, address):
    return url.startswith((address, "data:", "blob:"))


@pytest.fixture
def shop():
    """One of everything that a staff page can show."""
    User.objects.create_superuser("owner@example.org", PASSWORD)
    order, variant = builders.order(paid=True), variant_in_stock(5)
    builders.line(order, variant, 2)
    ShippingMethodFactory()
    VoucherFactory()
    Guide.objects.create(
        slug="first-week", title="Your first week", summary="Slowly.", topic="using",
        audience="Anyone", when_to_stop="Pain", body_markdown="## Begin\n\nNow.", author="Us",
    )  # fmt: skip
    return order, variant


def links_of(page):
    """Return the addresses of the sidebar."""
    return page.eval_on_selector_all("#nav-sidebar-apps a", "links => links.map(a => a.href)")


def test_no_page_breaks_its_policy_asks_another_host_or_is_too_wide(live_server, shop):
    with signed_in(live_server.url, 1280) as (page, wrong):
        sections = links_of(page)
        for address in sections:
            look_at(page, address)
            if (row := page.locator("#result_list a[href*='/change/']").first).count():
                look_at(page, live_server.url + row.get_attribute("href"))
        page.wait_for_load_state("networkidle")
    assert len(sections) >= 29
    assert wrong == []


def look_at(page, address):
    """Open a page: it must fit a phone and a desk's screen."""
    page.goto(address)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_a_keeper_counts_a_shelf(live_server, shop):
    _, variant = shop
    with signed_in(live_server.url, 1280) as (page, wrong):
        page.locator("#nav-sidebar-apps a[href$='/stockitem/']").click()
        page.get_by_role("link", name=variant.product.name).click()
        page.get_by_label("On hand").fill("4")
        page.get_by_label("Reason").select_option("counted")
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**/staff/dashboard/stockitem/")
        expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert wrong == []
    assert Stock.objects.get().quantity == 4
    assert StockEntry.objects.values_list("before", "after").get(reason="counted") == (5, 4)
