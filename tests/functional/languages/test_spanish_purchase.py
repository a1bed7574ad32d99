"""Bought in Spanish, in Chromium, from the home page to the e-mail."""

import os
import re
from contextlib import contextmanager

import pytest
from django.core import mail
from playwright.sync_api import expect
from saleor.order.models import Order

from tests.browsing import CHROMIUM, chromium
from tests.functional.discretion.words import found, sensitive_words
from tests.functional.languages.english import english_on
from tests.functional.stripe.sandbox import CARD, let_browsers_follow

SHOTS = os.environ.get("SCREENSHOTS")  # a folder to look at afterwards
WIDTHS = (390, 1280)
SET = "Juego inicial, tamaños 1–3"
ADDRESS = {
    "email": "ana@example.org",
    "first_name": "Ana",
    "last_name": "Ruiz",
    "street_address_1": "1 Quiet Lane",
    "city": "Leeds",
    "postal_code": "LS1 1AA",
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def note(page, said):
    """Keep what the browser complains of, but not that a form was answered with 422."""
    if said.type == "error" and "422" not in said.text:
        page.wrong.append(said.text)


@contextmanager
def browser():
    with chromium() as browser:
        # the browser wishes for English: the address alone decides
        page = browser.new_context(
            viewport={"width": WIDTHS[-1], "height": 900}, locale="en-GB"
        ).new_page()
        page.wrong, page.titles = [], []
        page.on("console", lambda said: note(page, said))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        yield page


@pytest.fixture
def shop(settings, live_server, sandbox, catalogue):
    settings.PUBLIC_URL, settings.SHOP_NAME = live_server.url, "Stillwater"
    let_browsers_follow(settings, sandbox.url)


def read_in_spanish(page, name):
    """Check that the page which is open is Spanish and fits a screen and a phone."""
    assert page.locator("html").get_attribute("lang") == "es"
    page.titles.append(page.title())
    for width in WIDTHS:  # what is seen of a page, and so its text, depends on the width
        page.set_viewport_size({"width": width, "height": 900})
        assert english_on(page.locator("body").inner_text()) == [], page.url
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/es-{name}-{width}.png", full_page=True)


def choose(page, live_server):
    page.goto(f"{live_server.url}/es/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Encuentra tu tamaño.")
    read_in_spanish(page, "home")
    page.get_by_role("link", name="Ver juegos por tamaño").click()
    page.wait_for_url("**/es/sets/")
    read_in_spanish(page, "sets")
    page.get_by_role("link", name=SET).first.click()
    page.wait_for_url("**/es/sets/starter-set-sizes-1-3/")
    read_in_spanish(page, "set")
    page.get_by_role("button", name="Añadir al carrito").first.click()
    page.get_by_text("En tu carrito: 1.").first.wait_for()
    page.get_by_role("link", name=re.compile("^Carrito")).first.click()
    page.wait_for_url("**/es/basket/")


def check_out(page):
    private = len(page.titles)
    read_in_spanish(page, "basket")
    page.get_by_role("link", name="Comprar sin cuenta").click()
    page.wait_for_url("**/es/checkout/address/")
    page.get_by_role("button", name="Continuar").click()
    page.get_by_text("Rellena este campo: código postal.").first.wait_for()
    read_in_spanish(page, "address-wrong")
    for name, value in ADDRESS.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Continuar").click()
    page.wait_for_url("**/es/checkout/delivery/**")
    read_in_spanish(page, "delivery")
    page.get_by_role("button", name="Continuar").click()
    page.wait_for_url("**/es/checkout/seen/**")
    read_in_spanish(page, "seen")
    page.get_by_role("link", name="Cambiar algo").first.click()
    page.wait_for_url("**/es/checkout/discretion/")
    read_in_spanish(page, "options")
    page.get_by_role("button", name="Ver lo que verán otros").click()
    page.wait_for_url("**/es/checkout/seen/**")
    page.get_by_role("link", name="Bien, continuar").first.click()
    page.wait_for_url("**/es/checkout/review/")
    read_in_spanish(page, "review")
    return private


def pay(page):
    page.get_by_role("button", name=re.compile(r"Pagar 35,95")).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_label("Card number").fill(CARD)
    page.locator("button[value=card]").click()
    page.wait_for_url("**/es/orders/**")


def test_everything_is_in_spanish_from_the_home_page_to_the_email(shop, live_server):
    with browser() as page:
        choose(page, live_server)
        private = check_out(page)
        pay(page)
        read_in_spanish(page, "order")
        assert page.wrong == []
        titles = page.titles[private:]

    order = Order.objects.get()
    assert order.language_code == "es"
    assert titles[-1] == f"Tu pedido {order.pk} · Stillwater"
    (message,) = [each for each in mail.outbox if "ana@example.org" in each.to]
    assert message.subject == f"Tu pedido {order.pk} de Stillwater"
    html = message.alternatives[0][0]
    for body in (message.body, html):
        assert "Gracias por tu pedido" in body
        assert f"{live_server.url}/es/orders/" in body
        assert "35,95" in body
        assert english_on(body) == []
    assert re.search(r'<html[^>]* lang="es"', html)
    outside = [("subject", message.subject), *(("title", title) for title in titles)]
    assert found(sensitive_words(), outside) == []
