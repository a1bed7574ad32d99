"""One registry of product kinds: a fourth needs no other change in code."""

import importlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import clear_url_caches
from saleor.product.models import Category, Product

import saleor_config.urls
import storefront.urls
from product_content.kinds import CARE, KINDS

ROOT = Path(__file__).parents[3]
OURS = ("product_content", "storefront", "dashboard", "plugins")
SPELT = re.compile(r"""["']/?(?:sets|singles|care)/?["']""")
ALLOWED = {
    "product_content/kinds.py",  # the registry
    "product_content/models/catalogue.py",  # related_name: the variants of a size
    "product_content/models/guides.py",  # GuideTopic and GuideStage have a "care" too
    "product_content/search/query.py",  # synonyms of words that customers type
}


def _spells_a_kind(path):
    name = path.relative_to(ROOT).as_posix()
    return name not in ALLOWED and "/migrations/" not in name and SPELT.search(path.read_text())


def test_no_other_module_spells_the_kinds():
    paths = [path for folder in OURS for path in (ROOT / folder).rglob("*.py")]
    assert len(paths) > 100
    assert [path for path in paths if _spells_a_kind(path)] == []


@pytest.mark.parametrize("name", ["base.html", "catalogue/list.html", "catalogue/product.html"])
def test_templates_of_every_kind_name_none(name):
    text = (ROOT / "storefront/templates/storefront" / name).read_text()
    assert not re.search(r"/(singles|care)/|kind (==|!=) \"|nav_(sets|singles|care)", text)


@pytest.fixture
def books(monkeypatch):
    """Sell a fourth kind of product for one test."""
    kind = replace(CARE, slug="books", url_name="book", name="Books to read", menu_html="Books")
    monkeypatch.setitem(KINDS, kind.slug, kind)
    _read_urls_again()
    yield kind
    monkeypatch.undo()
    _read_urls_again()


def _read_urls_again():
    importlib.reload(storefront.urls)
    importlib.reload(saleor_config.urls)
    clear_url_caches()


def test_a_fourth_kind_has_its_list_its_page_and_its_place_in_the_menu(books, shop, client):
    category = Category.objects.create(name="Books", slug=books.slug)
    Product.objects.filter(pk=shop.lubricant.product_id).update(category=category)
    slug = shop.lubricant.product.slug

    listed = " ".join(client.get("/books/").content.decode().split())
    page = client.get(f"/books/{slug}/").content.decode()

    assert f'href="/books/{slug}/"' in listed
    assert '<a href="/books/" aria-current="page">Books</a>' in listed
    assert '<li><a href="/books/">Books to read</a></li>' in page
    assert f"/books/{slug}/" in client.get("/sitemap.xml").content.decode()
    moved = client.get(f"/care/{slug}/")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/books/{slug}/")
