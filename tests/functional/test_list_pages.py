"""Lists of the catalogue come in pages: bounded, linked both ways, and kept by the filter."""

import re

import pytest
from django.test import Client
from saleor.product.models import Product, ProductVariant

from product_content.models import ProductDetail, SafetyCard, SetSize
from storefront.views.catalogue import CARDS_ON_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(shop):
    """Sets for two full pages and one more, all like the full range."""
    like, sizes = shop.full.product, shop.full.product.set_sizes.all()
    wanted = 2 * CARDS_ON_PAGE + 1 - Product.objects.filter(category=like.category).count()
    for number in range(wanted):
        copy = Product.objects.get(pk=like.pk)
        copy.pk, copy.name, copy.slug = None, f"Range {number}", f"range-{number}"
        copy.save()
        ProductVariant.objects.create(product=copy, sku=f"R-{number}")
        for model in (ProductDetail, SafetyCard):
            row = model.objects.get(product=like)
            row.pk, row.product = None, copy
            row.save(force_insert=True)
        SetSize.objects.bulk_create(SetSize(product=copy, size_id=each.size_id) for each in sizes)


def page(query=""):
    return Client().get(f"/sets/{query}")


def links(response):
    found = re.findall(r'<a rel="(\w+)"\s+href="([^"]+)"', response.content.decode())
    return {name: address.replace("&amp;", "&") for name, address in found}


def shown(response):
    return [card.slug for card in response.context["cards"]]


def test_pages_lead_on_and_back_and_show_each_set_once(many):
    first = page()
    second = page("?page=2")
    third = page("?page=3")
    assert links(first) == {"next": "/sets/?page=2"}
    assert links(second) == {"prev": "/sets/?page=1", "next": "/sets/?page=3"}
    assert links(third) == {"prev": "/sets/?page=2"}
    slugs = [*shown(first), *shown(second), *shown(third)]
    assert len(slugs) == len(set(slugs)) == 2 * CARDS_ON_PAGE + 1
    assert f"{2 * CARDS_ON_PAGE + 1} sets" in first.content.decode()


def test_filter_stays_on_the_next_page_and_nothing_else_does(many):
    answer = page("?sort=price&utm_source=x&page=2")
    assert links(answer)["next"] == "/sets/?sort=price&page=3"


@pytest.mark.parametrize(("asked", "number"), [("0", 3), ("99", 3), ("x", 1), ("-1", 3)])
def test_page_that_is_not_there_is_the_nearest(many, asked, number):
    assert page(f"?page={asked}").context["page"].number == number


def test_a_later_page_is_its_own_address_for_search_engines(many):
    assert 'rel="canonical" href="http://testserver/sets/?page=2"' in (
        page("?page=2&sort=price").content.decode()
    )
    assert 'rel="canonical" href="http://testserver/sets/"' in page().content.decode()


def test_short_list_has_no_pages(shop):
    assert links(page()) == {}
