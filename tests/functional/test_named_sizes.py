"""Buying what a clinician named: exactly these sizes, and the sets that have them."""

import re

import pytest
from django.test import Client
from saleor.checkout.models import Checkout

pytestmark = pytest.mark.django_db
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def visitor():
    return Client(headers=OWN)


def block(response):
    """Return the words of the part about the sizes that were named."""
    (part,) = re.findall(
        r'<section class="named".*?</section>', response.content.decode(), re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", part).split())


def pieces(response):
    return re.findall(r'name="pieces" value="(\d+:\d+)"', response.content.decode())


def lines(client):
    checkout = Checkout.objects.get()
    return {line.variant.sku: line.quantity for line in checkout.lines.select_related("variant")}


@pytest.mark.parametrize("address", ["/sets/?from_mm=20&to_mm=23", "/sets/?from_mm=23&to_mm=20"])
def test_two_widths_are_answered_with_exactly_those_and_the_sets_that_have_them(
    catalogue, client, address
):
    page = client.get(address)
    part = block(page)
    assert "Smooth single, size 3, 20 mm" in part
    assert "Smooth single, size 4, 23 mm" in part
    assert "Magnetic" not in part
    assert "size 5" not in part.split("Sets that have them")[0]
    assert "Also in it:" in part
    assert "No set matches all of that" not in page.content.decode()


def test_one_button_buys_them(catalogue, visitor):
    found = visitor.get("/sets/?from_mm=20&to_mm=23")
    answer = visitor.post("/basket/add-all/", {"pieces": pieces(found), "form_token": "a" * 32})
    assert (answer.status_code, answer["Location"]) == (303, "/basket/")
    assert lines(visitor) == {"SW-ONE-3": 1, "SW-ONE-4": 1}
    visitor.post("/basket/add-all/", {"pieces": pieces(found), "form_token": "a" * 32})
    assert lines(visitor) == {"SW-ONE-3": 1, "SW-ONE-4": 1}


def test_the_answer_counts_what_is_in_the_basket(catalogue, visitor):
    found = visitor.get("/sets/?from_mm=20&to_mm=23")
    sent = {"pieces": pieces(found), "form_token": "a" * 32}
    answer = visitor.post("/basket/add-all/", sent, headers={"HX-Request": "true"})
    assert "In your basket: 2." in " ".join(answer.content.decode().split())


@pytest.mark.parametrize("text", ["20 mm and 23 mm", "sizes 3 and 4"])
def test_a_search_for_two_sizes_begins_with_exactly_those(catalogue, client, text):
    page = client.get("/search/", {"q": text})
    assert len(pieces(page)) == 2
    html = page.content.decode()
    assert html.index('class="named"') < html.index('class="hits"')
    assert "<title>Search · " in " ".join(html.split())


@pytest.mark.parametrize(
    "sent", [[], ["x:1"], ["1:0"], ["1:1"] * 13, ["99999999999:1"], ["1:99999"]]
)
def test_pieces_that_no_page_of_ours_sends_add_nothing(shop, visitor, sent):
    assert visitor.post("/basket/add-all/", {"pieces": sent}).status_code == 409
    assert not Checkout.objects.exists()


def test_what_is_sold_out_is_named_and_the_rest_is_added(shop, visitor):
    shop.set_stock(shop.single, 0)
    both = [f"{shop.single.pk}:1", f"{shop.starter.pk}:1"]
    answer = visitor.post("/basket/add-all/", {"pieces": both})
    assert answer.status_code == 409
    assert "Smooth single" in answer.content.decode()
    assert lines(visitor) == {"STARTER-SET": 1}


def test_every_size_of_a_set_can_be_bought_again_on_its_own(catalogue, client):
    page = client.get("/sets/starter-set-sizes-1-3/").content.decode()
    part = page[page.index("Lost one of this set?") :]
    links = re.findall(r'href="(/singles/smooth-single/\?option=\d+)"', part)
    assert len(set(links)) == 3
