"""Bought in Chromium: label, slip, e-mail and staff page show what the Contract showed."""

import os
import re
from contextlib import contextmanager
from itertools import product

import pytest
from django.core import mail
from playwright.sync_api import expect
from saleor.account.models import User
from saleor.order.models import Order

from plugins.discreet_shipping.collection_points import import_points
from plugins.discreet_shipping.order_contract import contract_of
from tests.browsing import CHROMIUM, chromium
from tests.functional.discretion.life import ADDRESS, printed, tomorrow
from tests.functional.stripe.sandbox import CARD, let_browsers_follow
from tests.staff import log_in
from tests.unit.storefront.shop import open_shop

SHOTS = os.environ.get("SCREENSHOTS")  # a folder to look at afterwards
WIDTHS = (390, 1280)
PASSWORD = "long-and-quiet-water"
POINTS = b"""code,carrier,kind,name,street,city,postcode,country,latitude,longitude,hours
LEW-1,Own,shop,Corner Shop,2 High Street,Lewes,BN7 1AB,GB,50.87390,0.00880,Mon-Sat 7-22
LEW-2,Own,post_office,Lewes Post Office,9 Station Road,Lewes,BN7 2PA,GB,50.87000,0.01100,Mon-Fri 9-17
BRI-1,Own,locker,Brighton Station,1 Queens Road,Brighton,BN1 3XP,GB,50.82900,-0.14100,always
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@contextmanager
def browser():
    with chromium() as browser:
        context = browser.new_context(viewport={"width": WIDTHS[-1], "height": 900})
        page = context.new_page()
        page.wrong = []
        page.on("console", lambda said: said.type == "error" and page.wrong.append(said.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        yield page


def look(page, name):
    """In either scheme, nothing is wider than a phone or a screen; keep pictures where wanted."""
    for width, scheme in product(WIDTHS, ("dark", "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)


@pytest.fixture
def shop(settings, live_server, sandbox):
    settings.PUBLIC_URL = live_server.url
    let_browsers_follow(settings, sandbox.url)
    import_points(content=POINTS)
    return open_shop()


def to_delivery(page, live_server):
    page.goto(f"{live_server.url}/sets/starter-set/")
    page.get_by_role("button", name="Add to basket").first.click()
    page.get_by_text("In your basket").first.wait_for()
    page.goto(f"{live_server.url}/checkout/address/")
    for name in ("email", "first_name", "last_name", "street_address_1", "city", "postal_code"):
        page.locator(f"[name={name}]").fill(ADDRESS[name])
    page.get_by_role("button", name=re.compile("Continue")).click()
    page.wait_for_url("**/checkout/delivery/**")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/checkout/seen/**")


def open_group(page, name):
    group = page.locator("details.group", has=page.locator("summary", has_text=name))
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    return group


def test_what_the_contract_showed_is_what_everything_says(  # noqa: PLR0915  one journey
    shop, live_server
):
    with browser() as page:
        to_delivery(page, live_server)
        look(page, "seen-default")
        page.get_by_role("link", name="Change something").first.click()
        page.wait_for_url("**/checkout/discretion/")
        look(page, "options")
        open_group(page, "On the label")
        page.get_by_label("Sender").select_option("Mill Post Room")
        page.get_by_label("Initials and surname").check()
        open_group(page, "Day")
        page.get_by_label("Not before a date").check()
        page.get_by_label("Date", exact=True).fill(tomorrow(7))
        open_group(page, "In the box")
        page.get_by_label("A slip with codes only").check()
        open_group(page, "E-mails")
        page.get_by_label("A code word for the subject").fill("Bluebell")
        open_group(page, "Where")
        page.get_by_role("button", name="Search").click()
        page.get_by_label(re.compile("Lewes Post Office")).check()
        look(page, "options-chosen")
        page.get_by_role("button", name="Show me what others see").click()
        page.wait_for_url("**/checkout/seen/")
        look(page, "seen-chosen")
        label = page.locator("svg.sheet text").all_text_contents()
        subjects = page.locator(".mail-subject").all_text_contents()
        page.get_by_role("link", name="Good, continue").first.click()
        page.get_by_role("button", name="Pay £43.50").click()
        page.wait_for_url("**/c/pay/**")
        page.get_by_label("Card number").fill(CARD)
        page.locator("button[value=card]").click()
        page.wait_for_url("**/orders/**")
        page.get_by_role("link", name="What others will see").click()
        page.wait_for_url("**/orders/*/seen/")
        look(page, "order-seen")
        now = page.locator("svg.sheet text").all_text_contents()
        later = page.locator(".mail-subject").all_text_contents()
        assert page.wrong == []
    order = Order.objects.get()
    number = str(order.pk)
    (code,) = order.slip_codes.values_list("code", flat=True)
    shown = [text.replace("#####", number).replace("??????", code) for text in label]
    assert shown[:1] == ["Mill Post Room"]
    assert "R. Marsh" in shown
    assert now == shown
    assert later == [text.replace("#####", number) for text in subjects], "in the same order"
    contract = contract_of(order)
    sheets = {
        kind: [line for line in text.splitlines() if line]
        for kind, size, text in printed(order)
        if size == "a6"
    }
    assert " ".join(sheets["label"] + sheets["slip"]).split() == " ".join(shown).split()
    (message,) = mail.outbox
    assert message.subject == subjects[0].replace("#####", number) == f"Bluebell: order {number}"
    assert message.subject == contract["emails"]["order_confirmed"]["subject"]
    body = " ".join(message.body.split())  # paragraphs are broken where a line is full
    for line in contract["label"]["recipient"]:
        assert line not in body, "where a parcel goes is for e-mails in full"
    assert "The sender’s name on it is Mill Post Room" in body
    assert "Starter set" not in body
    staff_sees(live_server, order, contract)


def staff_sees(live_server, order, contract):
    User.objects.create_superuser("owner@example.org", PASSWORD)
    with browser() as page:
        log_in(page, live_server.url, "owner@example.org", PASSWORD)
        page.goto(f"{live_server.url}/staff/order/order/{order.pk}/change/")
        look(page, "staff-order")
        text = page.locator("body").inner_text()
        for line in [*contract["label"]["recipient"], *contract["label"]["sender"]]:
            assert line in text
        assert f"Bluebell: order {order.pk}" in text
        page.get_by_role("link", name="Begin to pack").click()
        page.get_by_role("button", name="Begin to pack").click()
        expect(page.get_by_label("Scan or type the SKU")).to_be_visible()
        page.goto(f"{live_server.url}/staff/plugins/pluginconfiguration/")
        look(page, "staff-settings")
        page.goto(f"{live_server.url}/staff/discreet_shipping/collectionpoint/")
        look(page, "staff-points")
        page.get_by_role("link", name="Import a CSV").click()
        page.wait_for_url("**/collectionpoint/import/")
        look(page, "staff-import")
        assert page.wrong == []


def test_quiet_mode_calls_every_page_by_the_shops_name(shop, live_server):
    with browser() as page:
        page.goto(f"{live_server.url}/sets/starter-set/")
        assert page.title() != "Stillwater"
        page.get_by_role("button", name="Quiet mode").click()
        for path in ("/sets/starter-set/", "/guides/", "/"):
            page.goto(live_server.url + path)
            assert page.title() == "Stillwater"
            assert "plain" in page.locator('link[rel="icon"]').get_attribute("href")
        page.goto(f"{live_server.url}/guides/")
        page.get_by_role("button", name="Quiet mode is on").click()
        assert page.title() != "Stillwater"


def test_leaving_quickly_closes_private_pages_and_back_does_not_return(shop, live_server):
    with browser() as page:
        page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="weather"))
        to_delivery(page, live_server)
        for _ in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url("https://www.bbc.co.uk/weather")
        with page.expect_request("https://www.bbc.co.uk/weather"):  # our page leaves again
            page.evaluate("history.back()")
        page.wait_for_url("https://www.bbc.co.uk/weather")
        page.goto(f"{live_server.url}/basket/")
        expect(page.get_by_role("heading", name="This page is closed")).to_be_visible()
        assert page.title() == "Stillwater"
        page.get_by_role("button", name="Open them again").click()
        expect(page.get_by_text("Starter set").first).to_be_visible()
