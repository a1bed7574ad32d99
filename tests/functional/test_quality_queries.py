"""No page asks more of the database as the catalogue grows: 10 products or 500."""

import pytest
from django.contrib.sites.models import Site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Stock

from product_content.models import ProductDetail, SafetyCard, SetSize, Size
from product_content.search.indexing import rebuild_search
from storefront.page_cache import pages
from tests.unit.storefront.shop import open_shop

MAX_STATEMENTS = 14  # statements for one page that is not kept yet
PAGES = (
    "/",
    "/sets/",
    "/sets/?size=2&in_stock=on&sort=price",
    "/sets/?size=2&magnetic=yes",
    "/sets/starter-set/",
    "/sets/compare/?set=starter-set&set=full-range",
    "/singles/",
    "/singles/smooth-single/",
    "/care/",
    "/care/water-based-lubricant/",
    "/guides/",
    "/guides/first-session/",
    "/sizes/",
    "/finder/",
    "/search/?q=trainner+size+3",
    "/search/?q=dilator",
    "/sitemap.xml",
    "/share/sets/starter-set.png",
)


@pytest.fixture
def shop(db):
    made = open_shop()
    rebuild_search()
    return made


def more_sets(shop, numbers):
    """Add sets like the starter set, in bulk."""
    old = shop.starter.product
    products = Product.objects.bulk_create(
        [_like(old, name=f"Set {n}", slug=f"set-{n}") for n in numbers]
    )
    variants = ProductVariant.objects.bulk_create(
        [ProductVariant(product=product, sku=f"S-{product.pk}", name="") for product in products]
    )
    Stock.objects.bulk_create(
        Stock(product_variant=variant, warehouse=shop.warehouse, quantity=5) for variant in variants
    )
    sizes = Size.objects.filter(number__lte=3)
    SetSize.objects.bulk_create(SetSize(product=p, size=size) for p in products for size in sizes)
    for model, kept in ((ProductDetail, old.detail), (SafetyCard, old.safety_card)):
        model.objects.bulk_create(_like(kept, product=product) for product in products)
    rebuild_search()


def _like(row, **changes):
    """Return an unsaved copy of a row."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    for name, value in changes.items():
        values.pop(f"{name}_id", None)
        values[name] = value
    return type(row)(**values)


def statements(client):
    counted = {}
    pages.cache_clear()
    for page in PAGES:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        counted[page] = len(asked)
    return counted


def test_the_number_of_statements_does_not_grow_with_the_catalogue(shop, client):
    Site.objects.get_current()  # Django keeps it for the life of the process
    more_sets(shop, range(6))
    few = statements(client)
    more_sets(shop, range(6, 496))
    many = statements(client)
    assert Product.objects.count() == 500
    assert few == many
    assert {page: count for page, count in many.items() if count > MAX_STATEMENTS} == {}
