"""News: staff write, preview and publish an item; the footer names the page once there is one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from product_content.models import NewsItem, ShopSettings
from tests import personas

pytestmark = pytest.mark.django_db
NEWS = "/staff/product_content/newsitem/"
FOOTER = 'href="/news/"'


@pytest.fixture
def editor():
    return personas.in_role("Content editor")


def typed(**fields):
    return {
        "title": "A new parcel", "slug": "new-parcel", "day": "2026-01-02", "language": "en",
        "is_published": "on", "body_markdown": "It is **smaller**.<script>x</script>",
        "source_name": "The Post", "source_url": "https://example.org/parcel", **fields,
    }  # fmt: skip


def words(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def see(path="/news/"):
    return words(Client().get(path))


def test_without_any_the_footer_is_silent_and_the_page_says_so(db):
    assert FOOTER not in see("/about/") + see("/basket/")
    assert "There is nothing to tell yet." in see()
    assert "/news/" not in see("/sitemap.xml")


def test_an_editor_publishes_an_item_and_everybody_reads_it(editor):
    assert FOOTER not in see("/about/")
    assert editor.post(f"{NEWS}add/", typed()).status_code == 302
    assert FOOTER in see("/about/")
    assert 'href="/es/news/"' not in see("/es/about/")
    assert '<a href="/news/new-parcel/">A new parcel</a>' in see()
    page = see("/news/new-parcel/")
    assert "It is <strong>smaller</strong>." in page
    assert "<script>x" not in page
    assert 'href="https://example.org/parcel"' in page
    assert "Read it in full: The Post" in page
    assert "2 January 2026" in page
    feed = see("/news/feed.atom")
    assert "<title>A new parcel</title>" in feed
    assert "News · Stillwater" in feed
    assert "/news/new-parcel/</loc>" in see("/sitemap.xml")


def test_what_is_kept_follows_each_change(editor):
    see(), see("/about/")
    item = NewsItem.objects.create(slug="a", title="One", body_markdown="x", is_published=True)
    assert "One" in see()
    assert see("/news/a/") == see("/news/a/")
    NewsItem.objects.update(title="Two")
    assert "Two" in see("/news/a/")
    item.delete()
    assert FOOTER not in see("/about/")
    assert Client().get("/news/a/").status_code == 404


def test_each_language_has_its_own(editor):
    NewsItem.objects.create(
        slug="nuevo", language="es", title="Nuevo", body_markdown="x", is_published=True
    )
    assert "Nuevo" in see("/es/news/")
    assert "Nuevo" not in see()
    assert FOOTER not in see("/about/")
    assert 'href="/es/news/"' in see("/es/about/")
    moved = Client().get("/news/nuevo/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/es/news/nuevo/")
    assert "/es/news/nuevo/</loc>" in see("/sitemap.xml")
    assert ">http://testserver/news/nuevo/" not in see("/sitemap.xml")


def test_news_in_a_language_that_is_not_offered_are_read_by_nobody(db):
    NewsItem.objects.create(
        slug="nuevo", language="es", title="Nuevo", body_markdown="x", is_published=True
    )
    assert Client().get("/es/news/nuevo/").status_code == 200
    ShopSettings.objects.create(hidden_languages=["es"])
    assert Client().get("/news/nuevo/").status_code == 404
    assert Client().get("/es/news/nuevo/").headers["Location"] == "/news/nuevo/"
    assert "nuevo" not in see("/sitemap.xml")


@pytest.mark.parametrize(
    "hidden", [{"is_published": False}, {"day": timezone.localdate() + timedelta(days=1)}]
)
def test_a_draft_and_what_is_of_tomorrow_are_read_by_nobody(db, hidden):
    values = {"title": "A plain box", "body_markdown": "x", "is_published": True, **hidden}
    NewsItem.objects.create(slug="a", **values)
    assert "A plain box" not in see() + see("/news/feed.atom") + see("/sitemap.xml")
    assert Client().get("/news/a/").status_code == 404
    assert FOOTER not in see("/about/")


def test_a_preview_saves_nothing_and_says_what_is_missing(editor):
    preview = editor.post(f"{NEWS}preview/", typed(title="", slug=""))
    page = words(preview)
    assert "This is a preview." in page
    assert "Title: This field is required." in page
    assert "It is <strong>smaller</strong>." in page
    assert not NewsItem.objects.exists()
    item = NewsItem.objects.create(slug="a", title="One", body_markdown="x")
    again = editor.post(f"{NEWS}{item.pk}/preview/", typed(title="Other"))
    assert "<h1>Other</h1>" in words(again)
    item.refresh_from_db()
    assert item.title == "One"


@pytest.mark.parametrize("typed_so", [{"title": "Our new dilator"}, {"slug": "our-new-dilator"}])
def test_title_and_address_tell_nothing_over_a_shoulder(editor, typed_so):
    answer = editor.post(f"{NEWS}add/", typed(**typed_so))
    assert answer.status_code == 200
    assert "This tells what the shop sells: dilator." in words(answer)
    assert not NewsItem.objects.exists()


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Support"])
def test_other_roles_write_none(role):
    client = personas.in_role(role)
    for path in (NEWS, f"{NEWS}add/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{NEWS}add/", typed()).status_code == 403
    assert client.post(f"{NEWS}preview/", typed()).status_code == 403
    assert not NewsItem.objects.exists()
