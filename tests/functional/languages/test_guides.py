"""Guides in another language: whole, or honest about what is not translated."""

import re

import pytest

from product_content.catalogue import load_catalogue
from product_content.models import Guide
from tests.factories import GuideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffs_guide():
    """A guide that staff wrote, which nobody has translated."""
    return GuideFactory(slug="of-our-own")


def head(client, path):
    return client.get(path).content.decode().partition("</head>")[0]


def test_a_guide_without_a_translation_says_so_and_is_marked_as_english(client, staffs_guide):
    page = client.get("/es/guides/of-our-own/").content.decode()

    assert "Todavía no hemos traducido esta guía" in page
    assert '<div class="prose" lang="en">' in page
    assert '<ul lang="en">' in page


def test_neither_its_links_nor_the_sitemap_call_it_spanish(client, staffs_guide):
    links = head(client, "/es/guides/of-our-own/")
    sitemap = client.get("/sitemap.xml").content.decode()

    assert 'hreflang="es"' not in links
    assert re.search(r'rel="canonical" href="[^"]+//[^/"]+/guides/of-our-own/"', links)
    assert "/guides/of-our-own/" in sitemap
    assert "/es/guides/of-our-own/" not in sitemap


def test_every_guide_of_the_catalogue_is_whole_in_spanish(client):
    load_catalogue()
    sitemap = client.get("/sitemap.xml").content.decode()

    for guide in Guide.objects.all():
        path = f"/es/guides/{guide.slug}/"
        page = client.get(path).content.decode()
        assert 'class="prose" lang="es"' in page, guide.slug
        assert 'hreflang="es"' in head(client, path), guide.slug
        assert path in sitemap, guide.slug
        assert not set(guide.when_to_stop.splitlines()) & set(re.findall("<li>(.*?)</li>", page))
