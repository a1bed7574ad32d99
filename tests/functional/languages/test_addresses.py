"""The address alone decides the language of a page."""

import re

import html5lib
import pytest
from django.utils import translation
from saleor.account.models import Address

from plugins.discreet_shipping.recipient import place_lines
from product_content.models import Guide
from tests.form_tokens import without_tokens
from tests.functional.languages.english import english_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
PUBLIC = [
    "/", "/sets/", "/sets/starter-set-sizes-1-3/", "/sets/compare/?set=starter-set-sizes-1-3",
    "/singles/", "/singles/magnetic-single/", "/care/", "/care/everyday-gel/", "/guides/",
    "/guides/first-session/", "/sizes/", "/finder/", "/privacy/", "/privacy/health-data/",
]  # fmt: skip
PRIVATE = ["/basket/", "/search/?q=talla+3", "/account/login/"]
WISHES = {"HTTP_ACCEPT_LANGUAGE": "es,en;q=0.5", "HTTP_COOKIE": "django_language=es"}


def parsed(response):
    return html5lib.parse(response.content.decode(), namespaceHTMLElements=False)


def values(tree, *names):
    """Return every value of these attributes on a page."""
    return [element.get(name) for name in names for element in tree.iter() if element.get(name)]


def text_of(tree):
    return " ".join(tree.itertext())


def classed(tree, name):
    return tree.find(f".//*[@class='{name}']")


def without_english(tree):
    """Take out what says that it is in English, and what nobody reads."""
    for parent in list(tree.iter()):
        for child in list(parent):
            if child.tag in {"script", "style"} or child.get("lang") == "en":
                parent.remove(child)
    return tree


def english_of(tree):
    """Return the English texts that a reader, or a screen reader, would meet on a page."""
    attributes = values(without_english(tree), "aria-label", "placeholder", "data-label", "content")
    return english_on("\n".join([text_of(tree), *attributes]))


def test_each_page_is_whole_in_spanish(client):
    for path in (*PUBLIC, *PRIVATE):
        response = client.get(f"/es{path}")
        tree = parsed(response)
        assert (response.status_code, response["Content-Language"]) == (200, "es"), path
        assert tree.get("lang") == "es", path
        # the titles of sources are as they were published
        assert set(english_of(tree)) <= {"vaginal dilator"}, path


def test_public_pages_differ_by_nothing_but_their_address(client):
    for path in PUBLIC:
        wished = client.get(path, **WISHES)
        assert parsed(wished).get("lang") == "en", path
        assert without_tokens(wished) == without_tokens(client.get(path)), path
        for response in (wished, client.get(f"/es{path}")):
            assert not re.search("Accept-Language|Cookie", response.get("Vary", "")), path
            assert not response.cookies, path


def test_every_link_of_a_spanish_page_stays_in_spanish(client):
    for path in PUBLIC:
        links = values(parsed(client.get(f"/es{path}")), "href", "action", "hx-get", "hx-post")
        own = [link for link in links if link.startswith("/") and not link.startswith("/static/")]
        english = [link for link in own if not link.startswith("/es/")]
        assert english == [path.partition("?")[0]]  # "English", in the footer


@pytest.mark.parametrize(("path", "other"), [("/sets/", "/es/sets/"), ("/es/sets/", "/sets/")])
def test_a_page_names_its_alternates_and_links_to_the_other(client, path, other):
    tree = parsed(client.get(f"{path}?size=3"))
    named = tree.findall(".//link[@rel='alternate']")
    alternates = {link.get("hreflang"): link.get("href") for link in named}
    base = "http://testserver"
    assert alternates == {
        "en": f"{base}/sets/", "es": f"{base}/es/sets/", "x-default": f"{base}/sets/",
    }  # fmt: skip
    assert tree.find(".//link[@rel='canonical']").get("href") == f"{base}{path}"
    (link,) = classed(tree, "languages")
    assert link.get("href") == other
    assert link.get("lang") == link.get("hreflang") != tree.get("lang")


@pytest.mark.parametrize("path", ["/en/", "/es", "/de/sets/", "/es/staff/", "/es/stripe/webhook/"])
def test_nothing_else_has_a_language(client, path):
    assert client.get(path).status_code in {301, 404}
    assert client.get(path).get("Location", "/es/") == "/es/"


def test_staff_pages_are_in_english_whatever_is_wished(client):
    response = client.get("/staff/login/", **WISHES)
    assert response["Content-Language"] == "en"


def test_the_sitemap_has_each_page_in_each_language(client):
    text = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/es/guides/first-session/</loc>" in text
    assert '<xhtml:link rel="alternate" hreflang="es" href="http://testserver/es/sets/"/>' in text
    assert len(re.findall("<loc>http://testserver/es/", text)) * 2 == text.count("<loc>")


def test_crawlers_are_kept_out_of_the_basket_in_each_language(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /basket/", "Disallow: /es/basket/"} <= set(lines)


def test_a_page_that_is_not_there_says_so_in_spanish_and_leads_home(client):
    response = client.get("/es/nowhere/")
    assert response.status_code == 404
    assert "Aquí no hay ninguna página" in response.content.decode()
    assert {"/es/", "/es/search/"} <= set(values(parsed(response), "href"))


def test_a_form_answered_in_spanish_leads_on_in_spanish(client):
    response = client.get("/es/checkout/address/")
    assert (response.status_code, response["Location"]) == (303, "/es/basket/")


def test_every_guide_of_the_catalogue_is_whole_in_spanish(client):
    sitemap = client.get("/sitemap.xml").content.decode()
    for guide in Guide.objects.all():
        path = f"/es/guides/{guide.slug}/"
        page = client.get(path).content.decode()
        assert 'class="prose" lang="es"' in page, path
        assert "Todavía no hemos traducido" not in page, path
        assert 'hreflang="es"' in page, path
        assert path in sitemap
        assert not set(guide.when_to_stop.splitlines()) & set(re.findall("<li>(.*?)</li>", page))


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("talla 3", "Dilatador liso suelto"),
        ("tamaño 3", "Dilatador liso suelto"),
        ("lubricante", "Gel a base de agua para cada día"),
    ],
)
def test_spanish_words_find_the_goods(client, words, hit):
    tree = parsed(client.get("/es/search/", {"q": words}))
    links = tree.findall(".//*[@class='hit']//a")
    assert hit in [" ".join(text_of(link).split()) for link in links]  # found words are marked


def test_amounts_are_written_as_in_spanish_and_sent_as_numbers(client):
    text = client.get("/es/sets/starter-set-sizes-1-3/").content.decode()
    assert "32,00" in text
    assert '"price":"32.00"' in text


def test_a_label_names_the_country_in_the_language_of_the_carriers():
    address = Address(street_address_1="Calle 1", city="Madrid", postal_code="28001", country="ES")
    with translation.override("es"):
        assert place_lines(address)[-1] == "Spain"
