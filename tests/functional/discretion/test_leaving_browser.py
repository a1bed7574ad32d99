"""Leaving, with and without scripts, in a Chromium that keeps pages for Back as people's do."""

import re
from contextlib import contextmanager

import pytest
from django.db import connection
from playwright.sync_api import expect, sync_playwright

from plugins.discreet_shipping.collection_points import import_points
from tests.browsing import CHROMIUM, QUIET
from tests.functional.discretion.life import ADDRESS
from tests.functional.discretion.test_discretion_browser import POINTS, to_delivery
from tests.unit.storefront.shop import open_shop

AWAY = "https://www.bbc.co.uk/weather"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def chromium_that_keeps_pages():
    """Chromium with its back/forward cache, which Playwright switches off otherwise."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django would refuse the database beside it
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=QUIET,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield browser
        browser.close()
        connection.close()  # beside that loop Django keeps another one than the teardown closes


@pytest.fixture
def visitor(chromium_that_keeps_pages):
    """Open a visitor's own context, in which nothing of the visitor before is left."""

    @contextmanager
    def visit(**options):
        size = {"width": 1280, "height": 900}
        context = chromium_that_keeps_pages.new_context(viewport=size, **options)
        context.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="weather"))
        yield context
        context.close()

    return visit


@pytest.fixture
def shop(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    import_points(content=POINTS)
    return open_shop()


def test_every_open_tab_leaves_and_nothing_stays_in_the_storage(shop, visitor, live_server):
    with visitor() as context:
        page, other = context.new_page(), context.new_page()
        to_delivery(page, live_server)
        other.goto(f"{live_server.url}/basket/")
        expect(other.get_by_text("Starter set").first).to_be_visible()
        assert page.evaluate(STORED) == []
        page.get_by_role("button", name="Leave this page").click()
        page.wait_for_url(AWAY)
        other.wait_for_url(AWAY)
        fresh = context.new_page()
        fresh.goto(f"{live_server.url}/")
        assert fresh.evaluate(STORED) == []
        assert fresh.url == f"{live_server.url}/", "whoever opens the shop anew is welcome"
        with page.expect_request(AWAY):  # the page that the browser kept leaves again
            page.evaluate("history.back()")
        page.wait_for_url(AWAY)


STORED = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"


def test_a_tab_that_missed_it_leaves_when_it_is_looked_at(shop, visitor, live_server):
    with visitor() as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/sets/starter-set/")
        context.add_cookies([{"name": "left", "value": "1", "url": live_server.url}])
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_url(AWAY)


def without_scripts(page, live_server):
    """Buy as far as the delivery, by forms alone."""
    page.goto(f"{live_server.url}/sets/starter-set/")
    page.get_by_role("button", name="Add to basket").first.click()
    page.goto(f"{live_server.url}/checkout/address/")
    for name in ("email", "first_name", "last_name", "street_address_1", "city", "postal_code"):
        page.locator(f"[name={name}]").fill(ADDRESS[name])
    page.get_by_role("button", name=re.compile("Continue")).click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/seen/**")


def test_without_scripts_back_asks_the_server_and_finds_it_closed(shop, visitor, live_server):
    with visitor(java_script_enabled=False) as context:
        page = context.new_page()
        without_scripts(page, live_server)
        expect(page.get_by_text("Robin Marsh").first).to_be_visible()
        page.get_by_role("button", name="Leave").click()
        page.wait_for_url(AWAY)
        page.go_back()
        expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
        expect(page.get_by_text("Robin Marsh")).to_have_count(0)
        page.get_by_role("button", name="Open them again").click()
        expect(page.get_by_text("Starter set").first).to_be_visible()


def test_without_scripts_enter_after_a_postcode_searches_and_a_point_stays_chosen(
    shop, visitor, live_server
):
    with visitor(java_script_enabled=False) as context:
        page = context.new_page()
        without_scripts(page, live_server)
        page.goto(f"{live_server.url}/checkout/discretion/")
        page.locator("summary", has_text="Where").click()
        page.get_by_label("Collection points near a postal code").fill("BN7 1AA")
        page.get_by_label("Collection points near a postal code").press("Enter")
        expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
        page.get_by_label(re.compile("Lewes Post Office")).check()
        page.locator("summary", has_text="Day").click()
        page.get_by_label("Not before a date").check()
        page.get_by_role("button", name="Show me what others see").click()
        expect(page.get_by_text("Choose a date.").first).to_be_visible()
        expect(page.get_by_label(re.compile("Lewes Post Office"))).to_be_checked()
        page.get_by_label("As soon as possible").check()
        page.get_by_role("button", name="Show me what others see").click()
        page.wait_for_url("**/checkout/seen/")
        assert "Lewes Post Office" in page.locator("svg.sheet text").all_text_contents()


def test_with_scripts_enter_in_another_field_saves(shop, visitor, live_server):
    with visitor() as context:
        page = context.new_page()
        to_delivery(page, live_server)
        page.goto(f"{live_server.url}/checkout/discretion/")
        page.locator("summary", has_text="E-mails").click()
        page.get_by_label("A code word for the subject").fill("Bluebell")
        page.get_by_label("A code word for the subject").press("Enter")
        page.wait_for_url("**/checkout/seen/")
        expect(page.get_by_text("Bluebell: order #####").first).to_be_visible()


def test_error_pages_are_as_quiet_as_all_others(shop, visitor, live_server):
    with visitor() as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/")
        page.evaluate("localStorage.setItem('quiet', '1')")
        for path in ("/nowhere/", "/account/reset/x/y/"):
            page.goto(f"{live_server.url}{path}")
            assert page.title() == "Stillwater"
        page.goto(f"{live_server.url}/account/login/")
        context.clear_cookies()
        page.evaluate("document.querySelector('main form').submit()")
        expect(page.get_by_role("heading", name="Please try again")).to_be_visible()
        assert page.title() == "Stillwater"
