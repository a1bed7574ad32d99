"""What search engines and shared links are told."""

import json
import re
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from saleor.product.models import Product

from product_content.models import DeliveryTime, PageText
from storefront.page_cache import pages
from storefront.views import seo

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


def test_robots_leave_the_checkout_alone_and_learn_no_secret_address(client):
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
    assert client.get("/share/sets/no-such-set.png").status_code == 404


def title(client, path):
    (found,) = re.findall(r"<title>(.*?)</title>", client.get(path).content.decode(), re.DOTALL)
    return " ".join(found.split())


def test_an_offer_tells_delivery_and_how_long_it_may_come_back(shop, client, settings):
    DeliveryTime.objects.create(method=shop.courier, min_days=2, max_days=4)
    settings.RETURN_DAYS = 30
    product, _ = data(client, "/sets/starter-set/")
    (offer,) = product["offers"]
    home = offer["shippingDetails"][0]
    assert home["shippingRate"] == {"@type": "MonetaryAmount", "value": "3.50", "currency": "GBP"}
    assert home["shippingDestination"] == [{"@type": "DefinedRegion", "addressCountry": "GB"}]
    assert home["deliveryTime"]["transitTime"]["maxValue"] == 4
    assert offer["hasMerchantReturnPolicy"]["merchantReturnDays"] == 30
    assert set(offer["hasMerchantReturnPolicy"]["applicableCountry"]) == {"GB", "US", "IE"}


def test_a_product_with_several_options_is_a_group_of_them(catalogue, client):
    group, _ = data(client, "/singles/smooth-single/")
    assert (group["@type"], group["variesBy"]) == ("ProductGroup", "https://schema.org/size")
    assert len(group["hasVariant"]) == 9
    assert group["hasVariant"][3]["offers"]["price"] == "14.00"


def test_home_describes_a_shop_and_says_nothing_of_what_it_sells(shop, client):
    described = data(client, "/")
    assert described[1]["@type"] == "OnlineStore"
    assert described[1]["hasMerchantReturnPolicy"]["merchantReturnDays"] == 14
    assert not [word for word in ("dilator", "vagin", "pelvic") if word in str(described).lower()]


def test_titles_say_what_people_type_where_they_may_and_are_short(catalogue, client):
    paths = [path.removeprefix("http://testserver") for path in sitemap(client)]
    long = {path: title(client, path) for path in paths if len(title(client, path)) > 60}
    assert not long
    assert "vaginal dilator set" in title(client, "/sets/starter-set-sizes-1-3/")
    assert "vaginal dilator set" in title(client, "/sets/")
    assert "dilatadores vaginales" in title(client, "/es/sets/")
    for path in ("/", "/search/", "/list/", "/finder/", "/sizes/", "/contact/", "/delivery/"):
        assert "dilator" not in title(client, path).lower()


def sitemap(client, address="/sitemap.xml"):
    return re.findall("<loc>(.*?)</loc>", client.get(address).content.decode())


def test_where_pages_are_many_the_sitemap_names_lists_that_name_each_page_once(
    shop, client, monkeypatch
):
    whole = sitemap(client)
    pages.cache_clear()
    monkeypatch.setattr(seo._OurSitemap, "limit", 3)
    lists = sitemap(client)
    assert "<sitemapindex" in client.get("/sitemap.xml").content.decode()
    named = [sitemap(client, one.removeprefix("http://testserver")) for one in lists]
    assert max(map(len, named)) == 3
    assert sorted(address for one in named for address in one) == sorted(whole)


@pytest.mark.parametrize("address", ["orders.xml", "products.xml?p=9", "products.xml?p=x"])
def test_a_list_of_pages_that_there_is_not_is_not_found(shop, client, address):
    assert client.get(f"/sitemap/{address}").status_code == 404


def test_shared_links_have_a_card_and_private_pages_none(shop, client):
    page = client.get("/sets/starter-set/").content.decode()
    assert '<meta property="og:title" content="Starter set">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    home = client.get("/").content.decode()
    assert '<meta property="og:title" content="Stillwater">' in home
    assert client.get("/guides/first-session/").content.decode().count('property="og:type"') == 1


def test_the_sitemap_says_when_a_page_changed_and_which_language_is_for_all(shop, client):
    PageText.objects.create(page="about", language="en", version=1, title="x", lead="x")
    text = client.get("/sitemap.xml").content.decode()
    assert 'hreflang="x-default" href="http://testserver/sets/starter-set/"' in text
    for path in ("/sets/starter-set/", "/about/"):
        entry = text.split(f"<loc>http://testserver{path}</loc>")[1].split("</url>")[0]
        assert f"<lastmod>{timezone.localdate().isoformat()}</lastmod>" in entry
    assert "/list/" in text


def test_guides_can_be_followed_with_a_feed_reader(shop, client):
    answer = client.get("/guides/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    text = answer.content.decode()
    assert "http://testserver/guides/first-session/" in text
    assert "<title>Guides · Stillwater</title>" in text
    assert 'href="/guides/feed.atom"' in client.get("/guides/").content.decode()
    assert "http://testserver/es/guides/" in client.get("/es/guides/feed.atom").content.decode()
