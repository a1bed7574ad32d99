"""Lists are chosen by outlines, and only what is shown gets its card: with the same result."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Stock

from product_content import selectors
from product_content.kinds import KINDS
from product_content.models import SafetyCard
from product_content.selectors import cards_of, list_outlines, list_products
from product_content.types import ProductOutline
from storefront.page_cache import pages
from tests.functional.test_safety import PAPERS
from tests.unit.product_content.test_availability import hold

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/sets/",
    "/sets/?page=2",
    "/sets/?size=3",
    "/sets/?from_mm=16&to_mm=22",
    "/sets/?from_mm=16&to_mm=22&magnetic=yes",
    "/sets/?from_mm=13&to_mm=14&in_stock=on",
    "/sets/?in_stock=on&sort=range",
    "/sets/?sort=price",
    "/sets/?max_price=60&sort=smallest",
    "/sets/?max_price=1",
    "/sets/?size=2&material=Glass&firmness=Soft",
    "/singles/",
    "/care/",
    "/sizes/",
    "/finder/",
    "/search/?q=sizes+2+and+3",
]


@pytest.fixture
def uneven(catalogue):
    """The demo catalogue with goods that are sold out, held, endless, or hidden."""
    variants = list(ProductVariant.objects.order_by("pk"))
    Stock.objects.filter(product_variant__in=variants[::3]).update(quantity=0)
    ProductVariant.objects.filter(pk__in=[each.pk for each in variants[::7]]).update(
        track_inventory=False
    )
    for stock in Stock.objects.filter(quantity__gt=0)[:4]:
        hold(stock, stock.quantity - 1)
    sets = list(Product.objects.filter(category__slug="sets").order_by("pk"))
    Product.objects.filter(pk=sets[0].pk).update(is_published=False)
    tomorrow = timezone.localdate() + timedelta(days=1)
    Product.objects.filter(pk=sets[1].pk).update(publication_date=tomorrow)
    sets[2].variants.all().delete()


def outlined(cards):
    names = [field.name for field in fields(ProductOutline)]
    return tuple(ProductOutline(**{name: getattr(card, name) for name in names}) for card in cards)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_outlines_are_what_cards_begin_with(uneven, kind, language):
    with translation.override(language):
        cards = list_products(kind)
        assert list_outlines(kind, stock=True) == outlined(cards)
        assert list_outlines(kind) == tuple(replace(one, available=0) for one in outlined(cards))
        assert cards_of(list_outlines(kind)) == cards
        assert cards_of(cards[:1:-2]) == cards[:1:-2]


def test_nothing_is_available_of_what_may_not_be_sold(uneven, settings):
    settings.DEMO_GOODS_ARE_SOLD = False
    first = list_outlines("sets")[0]
    SafetyCard.objects.filter(product_id=first.id).update(**PAPERS)
    assert list_outlines("sets", stock=True) == outlined(list_products("sets"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_is_two_statements_and_its_cards_two_more(uneven, kind, django_assert_num_queries):
    with django_assert_num_queries(2):
        outlines = list_outlines(kind, stock=True)
    with django_assert_num_queries(2):
        cards_of(outlines)
    with django_assert_num_queries(0):
        assert cards_of([]) == []


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_as_of_the_cards_of_all(uneven, client, monkeypatch, path, prefix):
    shown = answer(client, prefix + path)
    monkeypatch.setattr(selectors, "list_outlines", lambda kind, **_how: list_products(kind))
    monkeypatch.setattr(selectors, "cards_of", list)
    assert answer(client, prefix + path) == shown


def answer(client, path):
    pages.cache_clear()
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()
