"""What a shop must say, and may not sell, for the sake of those who use its goods."""

import re

import pytest
from django.test import Client
from saleor.checkout.models import CheckoutLine
from saleor.order.models import Order

from plugins.ordering.outcomes import NotForSale
from plugins.ordering.placing import place_order
from product_content.models import SafetyCard
from product_content.selectors.products import MAGNET_WARNINGS
from tests.factories import basket, variant_in_stock

OWN = {"Sec-Fetch-Site": "same-origin"}
PAPERS = {
    "maker": "A maker, 1 Street, Town",
    "device_class": "I",
    "marking": "ukca",
    "batch": "L-7",
    "udi": "(01)0123",
    "importer": "none",
}
DEMO = "This is a demo product and not for sale."
IMPLANTS = {
    "": (
        "pacemaker", "defibrillator", "pump", "neurostimulator", "shunt", "hearing implant",
        "aneurysm clip", "stent", "coil", "implant in the eye", "splinters in the eye",
        "plate in the skull", "15 cm", "MRI",
    ),
    "/es": (
        "marcapasos", "desfibrilador", "bomba", "neuroestimulador", "derivación",
        "implante auditivo", "clip de aneurisma", "stent", "espiral", "implante ocular",
        "esquirlas metálicas en el ojo", "placa metálica en el cráneo", "15 cm", "resonancia",
    ),
}  # fmt: skip


@pytest.fixture
def guest():
    return Client(headers=OWN, enforce_csrf_checks=False)


def add(client, variant):
    return client.post("/basket/add/", {"variant": variant.pk, "quantity": 1})


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def make_magnetic(variant):
    SafetyCard.objects.filter(product=variant.product).update(magnet="static")


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("path", ["/basket/", "/sets/starter-set/"])
def test_magnetic_goods_warn_of_every_implant_in_every_language(shop, guest, prefix, path):
    make_magnetic(shop.starter)
    add(guest, shop.starter)

    page = words(guest.get(f"{prefix}{path}"))

    assert [name for name in IMPLANTS[prefix] if name not in page] == []


def test_goods_without_magnets_bring_no_warning_into_the_basket(shop, guest):
    add(guest, shop.starter)

    assert str(MAGNET_WARNINGS[0]) not in words(guest.get("/basket/"))


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_safety_card_names_every_reason_to_ask_first_and_every_red_flag(shop, client, prefix):
    html = client.get(f"{prefix}/sets/starter-set/").content.decode()
    asked = re.search(r'<ul class="ask-first">(.*?)</ul>', html, re.DOTALL).group(1)

    assert asked.count("<li>") == 13
    assert "red-flags" in html
    for wanted in ("prolap", "menopaus", "18"):
        assert wanted in asked.lower()


def test_what_nobody_knows_of_the_magnets_is_asked_of_the_maker(shop, client):
    make_magnetic(shop.starter)
    page = words(client.get("/sets/starter-set/"))
    assert page.count("Ask the maker: we do not have the figure.") == 2

    SafetyCard.objects.filter(product=shop.starter.product).update(
        magnet_type="Neodymium", magnet_field="120 mT at the surface"
    )
    page = words(client.get("/sets/starter-set/"))
    assert "120 mT at the surface" in page
    assert "Ask the maker" not in page


def test_harm_is_told_to_the_shop(shop, client, settings):
    settings.DEFAULT_FROM_EMAIL = "Shop <help@shop.example>"

    assert "mailto:help@shop.example" in client.get("/sets/starter-set/").content.decode()


def test_a_live_shop_shows_demo_goods_and_puts_none_into_a_basket(shop, guest, settings):
    settings.DEMO_GOODS_ARE_SOLD = False

    page = guest.get("/sets/starter-set/").content.decode()
    assert DEMO in page
    assert 'name="variant"' not in page
    assert DEMO in guest.get("/sets/").content.decode()
    answer = add(guest, shop.starter)
    assert answer.status_code == 409
    assert DEMO in words(answer)
    assert not CheckoutLine.objects.exists()


def test_goods_with_whole_papers_are_sold_in_a_live_shop(shop, guest, settings):
    settings.DEMO_GOODS_ARE_SOLD = False
    SafetyCard.objects.filter(product=shop.starter.product).update(**PAPERS)

    page = words(guest.get("/sets/starter-set/"))
    assert "A maker, 1 Street, Town" in page
    assert "(01)0123" in page
    assert add(guest, shop.starter).status_code == 303


def test_demo_goods_that_lie_in_a_basket_have_to_leave_it(shop, guest, settings):
    add(guest, shop.starter)
    settings.DEMO_GOODS_ARE_SOLD = False

    page = words(guest.get("/basket/"))

    assert f"{DEMO} Please remove it." in page
    assert "Check out" not in page


def test_no_order_is_made_of_demo_goods_in_a_live_shop(db, settings):
    variant = variant_in_stock(5)
    checkout = basket((variant, 1))
    SafetyCard.objects.create(
        product=variant.product, material="Silicone", firmness="medium", latex="free",
        magnet="none", cleaning="Soap.", lubricant="Water.", intended_use="Calm.",
        not_studied_for="Much.",
    )  # fmt: skip
    settings.DEMO_GOODS_ARE_SOLD = False

    with pytest.raises(NotForSale) as refused:
        place_order(checkout_token=checkout.pk)

    assert str(refused.value) == f"{variant.product.name}: {DEMO}"
    assert not Order.objects.exists()


def test_the_page_how_we_know_prints_claims_and_sources(shop, client):
    page = client.get("/how-we-know/").content.decode()

    assert 'id="claim-nhs"' in page
    assert "One leaflet." in page
    assert "To be looked at again by 31 January 2028." in page
    assert "The day was not recorded." in page
