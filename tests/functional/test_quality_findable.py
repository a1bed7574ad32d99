"""What search engines and shared links are told."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image
from saleor.product.models import Product

pytestmark = pytest.mark.django_db


def data(client, path):
    """Return the structured data of a page."""
    page = client.get(path).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)["@graph"]


def test_a_product_tells_price_stock_and_place(shop, client):
    product, trail = data(client, "/sets/starter-set/")
    (offer,) = product["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("39.00", "GBP")
    assert offer["availability"] == "https://schema.org/InStock"
    assert product["url"] == "http://testserver/sets/starter-set/"
    assert [part["name"] for part in trail["itemListElement"]] == [
        "Home",
        "Sets by size",
        "Starter set",
    ]


def test_a_sold_out_product_says_so(shop, client):
    shop.set_stock(shop.starter, 0)
    product, _ = data(client, "/sets/starter-set/")
    assert product["offers"][0]["availability"] == "https://schema.org/OutOfStock"


def test_no_text_can_end_the_data_block(shop, client):
    name = "</script><script>alert(1)</script><!--"
    Product.objects.filter(slug="starter-set").update(name=name)
    page = client.get("/sets/starter-set/").content.decode()
    assert "<script>alert" not in page
    product, _ = data(client, "/sets/starter-set/")
    assert product["name"] == name


def test_a_guide_tells_when_it_changed_and_claims_no_review(shop, client):
    article, trail = data(client, "/guides/first-session/")
    assert article["@type"] == "Article"
    assert article["dateModified"] == shop.guide.updated_on.isoformat()
    assert "reviewedBy" not in article
    assert trail["itemListElement"][1]["item"] == "http://testserver/guides/"


def test_a_filtered_list_names_the_whole_list_as_its_address(shop, client):
    page = client.get("/sets/?size=3").content.decode()
    assert '<link rel="canonical" href="http://testserver/sets/">' in page


@pytest.mark.parametrize("path", ["/basket/", "/search/", "/no-such-page/"])
def test_what_is_not_for_search_engines_names_no_address(shop, client, path):
    page = client.get(path).content.decode()
    assert "canonical" not in page
    assert "og:" not in page
    assert '<meta name="robots" content="noindex' in page


def test_the_sitemap_names_what_is_published_and_nothing_private(shop, client):
    text = client.get("/sitemap.xml").content.decode()
    found = re.findall("<loc>http://testserver(.*?)</loc>", text)
    assert "/sets/starter-set/" in found
    assert "/guides/first-session/" in found
    assert not [
        path
        for path in found
        if path.startswith(("/basket", "/checkout", "/orders", "/staff", "/search"))
    ]
    Product.objects.filter(slug="starter-set").update(is_published=False)
    assert "/sets/starter-set/" not in client.get("/sitemap.xml").content.decode()


def test_robots_leave_the_till_alone_and_learn_no_secret_address(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /checkout/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "staff" not in text
    assert "orders" not in text


def test_a_shared_link_has_a_picture_of_the_sizes(shop, client):
    response = client.get("/share/sets/starter-set.png")
    picture = Image.open(BytesIO(response.content))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(response.content) < 30_000
    assert client.get("/share/shop.png").status_code == 200
    assert client.get("/share/sets/no-such-set.png").status_code == 404
