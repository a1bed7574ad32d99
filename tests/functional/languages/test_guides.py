"""A guide that nobody has translated says so, and is called English."""

import re

import pytest

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
    assert f'<h1 lang="en">{staffs_guide.title}</h1>' in page


def test_neither_its_links_nor_the_sitemap_call_it_spanish(client, staffs_guide):
    links = head(client, "/es/guides/of-our-own/")
    sitemap = client.get("/sitemap.xml").content.decode()

    assert 'hreflang="es"' not in links
    assert re.search(r'rel="canonical" href="[^"]+//[^/"]+/guides/of-our-own/"', links)
    assert "/guides/of-our-own/" in sitemap
    assert "/es/guides/of-our-own/" not in sitemap
