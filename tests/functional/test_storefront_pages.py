"""Public pages as an anonymous visitor sees them."""

import html5lib
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storefront.basket_changes import add_to_basket
from storefront.page_cache import pages
from tests.form_tokens import without_tokens

PUBLIC = {  # most SQL queries that each page may need when it is made
    "/": 8,
    "/sets/": 6,
    "/sets/?size=2": 6,
    "/sets/?size=9&from_mm=38&magnetic=yes&in_stock=on": 6,
    "/sets/starter-set/": 12,
    "/singles/": 9,  # of them three for the list of sizes
    "/singles/smooth-single/": 10,
    "/care/": 5,
    "/care/water-based-lubricant/": 10,
    "/guides/": 3,
    "/guides/first-session/": 8,
    "/privacy/": 2,
    "/delivery/": 6,
    "/returns/": 5,
    "/contact/sent/": 2,
    "/list/": 3,
    "/sets/?from_mm=13&to_mm=20": 8,
}
PRIVATE = ["/basket/", "/basket/count/"]
NAMED = {"canonical", "alternate"}  # links that say where a page is, and load nothing


def parsed(response):
    """Return the page's tree; html5lib raises at the first thing that is not valid HTML."""
    builder = html5lib.getTreeBuilder("etree")
    parser = html5lib.HTMLParser(builder, strict=True, namespaceHTMLElements=False)
    return parser.parse(response.content.decode())


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_opens_without_a_cookie_or_anything_personal(shop, client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "no-store" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_full_basket_leaves_no_trace_in_a_public_page(shop, client, address):
    mine = Client(headers={"Sec-Fetch-Site": "same-origin"})
    mine.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 3})
    assert mine.cookies
    assert without_tokens(mine.get(address)) == without_tokens(client.get(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_is_valid_html_without_inline_script_or_style(shop, client, address):
    tree = parsed(client.get(address))
    assert not [e for e in tree.iter() if "style" in e.attrib]
    assert not [e for e in tree.iter() if any(name.startswith("on") for name in e.attrib)]
    assert not list(tree.iter("style"))
    for script in tree.iter("script"):
        assert script.get("src") or script.get("type") == "application/ld+json"


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_loads_nothing_from_another_host(shop, client, address):
    tree = parsed(client.get(address))
    loaded = [e.get("src") for e in tree.iter() if e.get("src")]
    loaded += [e.get("href") for e in tree.iter("link") if e.get("rel") not in NAMED]
    assert loaded
    assert all(one.startswith("/static/") for one in loaded), loaded


@pytest.mark.parametrize("address", PUBLIC)
def test_the_skeleton_of_a_page_is_there_for_keyboard_and_reader(shop, client, address):
    tree = parsed(client.get(address))
    assert len(list(tree.iter("h1"))) == 1
    assert tree.get("lang") == "en"
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert "main" in ids
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in tree.iter("input"):
        assert field.get("type") in {"hidden", "radio"} or field.get("id") in labelled


@pytest.mark.parametrize(("address", "most"), PUBLIC.items())
def test_a_public_page_needs_few_queries(shop, client, address, most):
    client.get(address)
    pages.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= most + 1  # whether anything has changed


def test_the_security_headers_are_there(shop, client):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_the_list_of_sets_shows_those_with_the_size(shop, client):
    page = client.get("/sets/?size=8").content.decode()
    assert "Sets with size 8" in page
    assert "Full range" in page
    assert "Starter set" not in page


def test_a_filter_that_finds_nothing_says_what_to_loosen(shop, client):
    page = client.get("/sets/?size=2&magnetic=yes").content.decode()
    assert "No set matches all of that" in page
    assert "Without “Magnets”" in page


@pytest.mark.parametrize("query", ["size=99", "size=abc", "from_mm=-1", "magnetic=maybe", "x=%07"])
def test_a_filter_that_makes_no_sense_shows_all_sets(shop, client, query):
    response = client.get(f"/sets/?{query}")
    assert response.status_code == 200
    assert "2 sets" in response.content.decode()


@pytest.mark.parametrize(
    ("left", "words"), [(0, "Sold out"), (2, "Only 2 left"), (12, "12 in stock")]
)
def test_a_set_says_how_many_are_left(shop, client, left, words):
    shop.set_stock(shop.starter, left)
    page = client.get("/sets/starter-set/").content.decode()
    assert words in page
    assert ('action="/basket/add/"' in page) is (left > 0)


def test_a_set_shows_sizes_safety_card_and_guides_with_reasons(shop, client):
    page = client.get("/sets/starter-set/").content.decode()
    assert page.count('class="standing"') == 3
    for words in ("13 mm", "0.51 in", "£39.00", "Product safety card", "Use in pregnancy.",
                  "Your first session", "Because it says how.", "You may not need to buy anything"):  # fmt: skip
        assert words in page


def test_inches_are_written_as_the_language_writes_them(shop, client):
    page = client.get("/es/sets/starter-set/").content.decode()
    assert "0,51 pulg." in page
    assert "0.51" not in page


def test_a_guide_shows_contents_sources_review_and_products(shop, client):
    page = client.get("/guides/first-session/").content.decode()
    for words in ("On this page", "Not yet reviewed by a clinician.", "https://www.nhs.uk/",
                  "When to stop and see someone", "Bleeding", "Starter set", "Because it says how.",
                  "You may not need to buy anything"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    "address",
    [
        "/sets/none/",
        "/guides/none/",
        "/nowhere/",
        "/orders/not-a-token/",
        "/graphql/",
        "/admin/",
    ],
)
def test_a_page_that_is_not_there_says_so_kindly(shop, client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert "There is no page here" in response.content.decode()
    assert not response.cookies
    parsed(response)


def test_what_is_not_published_is_not_there(shop, client):
    product = shop.starter.product
    product.is_published = False
    product.save()
    assert client.get("/sets/starter-set/").status_code == 404
    assert "Starter set" not in client.get("/sets/").content.decode()
    assert "Starter set" not in client.get("/guides/first-session/").content.decode()


def test_a_name_with_markup_stays_text(shop, client):
    product = shop.starter.product
    product.name = "<script>alert(1)</script>"
    product.save()
    for address in ("/", "/sets/", "/sets/starter-set/", "/guides/first-session/"):
        assert "<script>alert" not in client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/", "/sets/", "/guides/first-session/", "/basket/"])
def test_a_page_for_reading_takes_no_form(shop, client, address):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", PRIVATE)
def test_a_personal_page_is_kept_nowhere_and_found_by_nobody(shop, client, address):
    response = client.get(address)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_privacy_page_names_the_very_cookies_the_shop_sets(shop, client, settings):
    page = client.get("/privacy/").content.decode()
    for name in (
        settings.BASKET_COOKIE_NAME,
        settings.ORDERS_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.SESSION_COOKIE_NAME,
    ):
        assert f'<th scope="row">{name}</th>' in page
    assert "7 days after the last time" in page


def test_the_count_beside_basket_comes_apart_from_the_page(shop, client):
    assert client.get("/basket/count/").status_code == 204
    token = add_to_basket(token=None, variant_id=shop.starter.pk, quantity=2).token
    assert token
    mine = Client(headers={"Sec-Fetch-Site": "same-origin"})
    mine.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 2})
    assert mine.get("/basket/count/").content.decode().strip() == (
        '<span id="basket-count" class="count">2</span>'
    )


def test_an_error_of_ours_shows_a_page_that_needs_nothing(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("storefront.views.pages.selectors.list_sizes", lambda: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    parsed(response)
