"""What the journeys on a real `make run` share: a visitor, and the way to the stripe_sandbox."""

import json
import re
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Page, expect

SET = "Starter set, sizes 1–3"
ADDRESS = {
    "email": "sam@example.org", "first_name": "Sam", "last_name": "Reed",
    "street_address_1": "1 Quiet Lane", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB",
}  # fmt: skip


def open_page(browser, **options) -> Page:
    """A new visitor whose page notes every host asked and every complaint of the browser."""
    page = browser.new_context(**options).new_page()
    page.hosts, page.complaints = set(), []
    page.on("request", lambda request: page.hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: note(page, message))
    return page


def note(page, message):
    if "Content Security Policy" in message.text or message.type == "error":
        page.complaints.append(message.text)


def stripe_sandbox(var):
    base = json.loads((var / "secrets" / "addresses").read_text())["STRIPE_API_BASE"]
    return urlsplit(base).netloc


def choose_the_set(page, address):
    page.goto(address)
    page.get_by_role("link", name="See sets by size").click()
    page.get_by_role("link", name=SET).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SET)
    expect(
        page.get_by_role("link", name="How to use a dilator: your first session")
    ).to_be_visible()
    page.get_by_role("button", name="Add to basket").first.click()
    # a script says it on the page; without one the basket opens
    page.get_by_text(re.compile("In your basket|Summary")).first.wait_for()
    page.get_by_role("link", name=re.compile("^Basket")).first.click()


def give_an_address(page):
    page.get_by_role("link", name="Check out as a guest").click()
    page.get_by_label("E-mail").fill("sam@example.org")
    page.get_by_label("First name").fill("Sam")
    page.get_by_label("Last name").fill("Reed")
    page.get_by_label("Address", exact=True).fill("1 Quiet Lane")
    page.get_by_label("Town or city").fill("Leeds")
    page.get_by_label("Postcode").fill("LS1 1AA")
    page.get_by_role("button", name="Continue").click()


def ready_to_pay(address):
    """Return the cookies of a guest who has done all but pay, without a browser: in a second."""
    guest = requests.Session()
    guest.headers["Origin"] = address  # as browsers say with each form

    def send(path, *names, to="", **fields):
        """Send the form of a page, with the values that these fields of it have there."""
        page = guest.get(f"{address}{path}", timeout=20).text
        there = {name: re.search(rf'name="{name}"\s+value="([^"]+)"', page)[1] for name in names}
        sent = guest.post(f"{address}{to or path}", {**there, **fields}, timeout=20)
        assert sent.ok, sent.text
        return urlsplit(sent.url).path

    send("/sets/starter-set-sizes-1-3/", "variant", to="/basket/add/", quantity="1")
    address_sent = send("/checkout/address/", "csrfmiddlewaretoken", **ADDRESS)
    assert address_sent == "/checkout/delivery/"
    chosen = send("/checkout/delivery/", "csrfmiddlewaretoken", "method")
    assert chosen == "/checkout/seen/"
    return [{"name": each.name, "value": each.value, "url": address} for each in guest.cookies]


def order_number(page):
    heading = page.get_by_role("heading", level=1).inner_text()
    return re.search(r"Order (\d+) is yours", heading)[1]
