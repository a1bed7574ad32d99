"""A piece costs the same on every list, page, basket and order line, whatever sales there are."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from saleor.discount.models import Sale
from saleor.order.models import OrderLine
from saleor.product.models import Category, Collection, Product, ProductVariant
from saleor.warehouse.models import Stock

from plugins.fulfilment.exchanges import exchange_offers
from plugins.ordering.placing import place_order
from product_content.prices import PRICED, unit_prices
from product_content.search.indexing import rebuild_search
from product_content.search.selectors import search
from product_content.selectors.guides import get_guide
from product_content.selectors.lists import list_products, singles_by_size
from product_content.selectors.products import get_product
from storefront import page_cache
from storefront.baskets import get_basket
from tests.factories import VariantFactory, basket
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
KINDS = ("sets", "singles", "care")
amounts = some.integers(0, 12000).map(lambda pence: Decimal(pence) / 100)
days = some.sampled_from([-2, -1, 1, 2])  # of the begin or the end of a sale, from now
sales = some.lists(
    some.fixed_dictionaries(
        {
            "type": some.sampled_from(["fixed", "percentage"]),
            "value": some.integers(1, 100),
            "start": days,
            "end": some.none() | days,
            "of": some.sampled_from(["category", "parent", "collection", "product"]),
            "which": some.integers(0, 9),
        }
    ),
    max_size=4,
)


class Catalogue:
    """The small shop with drawn prices, a second variant, collections and sales."""

    def __init__(self, shop, draw):
        second = ProductVariant.objects.create(
            product=shop.single.product, sku="second", price_override_amount=draw(amounts)
        )
        Stock.objects.create(product_variant=second, warehouse=shop.warehouse, quantity=5)
        self.products = list(Product.objects.order_by("pk"))
        for product in self.products:
            Product.objects.filter(pk=product.pk).update(price_amount=draw(amounts))
        self.collections = [Collection.objects.create(name=n, slug=n) for n in ("a", "b")]
        for collection in self.collections:
            collection.products.set(draw(some.lists(some.sampled_from(self.products))))
        self.categories = list(Category.objects.filter(slug__in=KINDS).order_by("pk"))
        for sale in draw(sales):
            self._begin(**sale)

    def _begin(self, *, of, which, start, end, **fields):
        now = timezone.now()
        sale = Sale.objects.create(
            name="Less",
            start_date=now + timedelta(days=start),
            end_date=None if end is None else now + timedelta(days=end),
            **fields,
        )
        if of == "product":
            sale.products.add(self.products[which % len(self.products)])
        elif of == "collection":
            sale.collections.add(self.collections[which % 2])
        else:
            category = self.categories[which % 3]
            sale.categories.add(self._parent_of(category) if of == "parent" else category)

    def _parent_of(self, category):
        parent, _ = Category.objects.get_or_create(name="All", slug="all")
        category.refresh_from_db()
        category.parent = parent
        category.save()
        return parent


def pages():
    """Return the prices of each variant as the pages of products show them."""
    found = [get_product(product.category.slug, product.slug) for product in visible()]
    return {o.id: (o.price, o.full_price) for page in found for o in page.variants}


def visible():
    return Product.objects.select_related("category").order_by("pk")


def lowest(prices):
    """Return the lowest price of each product, by its slug."""
    products = ProductVariant.objects.values_list("pk", "product__slug")
    found = {}
    for pk, slug in products:
        price = prices[pk][0]
        found[slug] = min(price, found.get(slug, price))
    return found


def baskets_and_orders():
    """Return what a basket with each variant shows, and what the lines of its order cost."""
    checkout = basket(*((variant, 1) for variant in ProductVariant.objects.order_by("pk")))
    shown = get_basket(checkout.pk).totals.lines
    order_id = place_order(checkout_token=checkout.pk).order_id
    charged = OrderLine.objects.filter(order=order_id)
    return (
        {line.variant_id: (line.unit_price, line.undiscounted_unit_price) for line in shown},
        {line.variant_id: line.unit_price_gross for line in charged},
    )


def json_ld(product):
    """Return the lowest price that search engines read."""
    answer = Client().get(f"/{product.category.slug}/{product.slug}/").content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer, re.DOTALL)
    text = json.dumps([json.loads(block) for block in blocks])
    return min(Decimal(price) for price in re.findall(r'"(?:lowP|p)rice": "([\d.]+)"', text))


@pytest.fixture
def findable(shop):
    rebuild_search()
    return shop


@settings(
    max_examples=15,
    phases=(Phase.generate,),  # an example is read as it is: shrinking one takes minutes
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=some.data())
def test_lists_pages_baskets_and_order_lines_say_one_price(findable, data):
    page_cache.pages.cache_clear()  # what is rolled back takes its count of changes along
    with transaction.atomic():
        Catalogue(findable, data.draw)
        everywhere_the_same(findable)
        transaction.set_rollback(True)


def everywhere_the_same(shop):
    known = pages()
    assert known.keys() == set(ProductVariant.objects.values_list("pk", flat=True))
    least = lowest(known)
    cards = {card.slug: card.price for kind in KINDS for card in list_products(kind)}
    assert cards == least
    offers = [offer.option for size in singles_by_size().values() for offer in size]
    assert {o.id: (o.price, o.full_price) for o in offers}.items() <= known.items()
    hits = search("starter set full range").products
    assert {hit.card.slug: hit.card.price for hit in hits}.items() <= least.items()
    links = get_guide(shop.guide.slug).products
    assert {link.slug: link.price for link in links}.items() <= least.items()
    single = shop.single.product
    assert json_ld(single) == least[single.slug].amount
    shown, charged = baskets_and_orders()
    assert shown == known
    assert charged == {pk: price for pk, (price, _full) in known.items()}


def test_an_exchange_offers_the_price_of_the_page(shop):
    other = VariantFactory(product=shop.single.product, price_override_amount=Decimal("20.00"))
    sale = Sale.objects.create(name="Less", type="percentage", value=15)
    sale.products.add(shop.single.product)
    order = builders.order(paid=True)
    line = builders.line(order, shop.single, 1)
    [offer] = exchange_offers(order)[line.pk]
    assert (offer.variant, offer.price.amount) == (other, Decimal("17.00"))


def test_a_batch_is_priced_with_as_many_statements_as_one(shop):
    Sale.objects.create(name="Less", type="percentage", value=15).products.add(shop.full.product)
    asked = []
    for limit in (1, 4):
        variants = list(ProductVariant.objects.select_related("product").annotate(**PRICED)[:limit])
        with CaptureQueriesContext(connection) as captured:
            assert len(unit_prices(variants)) == limit
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 6


def test_a_sale_counts_from_the_moment_on_which_it_begins_until_that_on_which_it_ends(shop):
    begin, end = timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=2)
    sale = Sale.objects.create(
        name="Less", type="fixed", value=4, start_date=begin, end_date=end
    )  # fmt: skip
    sale.products.add(shop.full.product)
    [variant] = shop.full.product.variants.select_related("product").annotate(**PRICED)
    moments = (begin - timedelta(seconds=1), begin, end, end + timedelta(seconds=1))
    prices = [unit_prices([variant], now=at)[variant.pk].price.amount for at in moments]
    assert prices == [89, 85, 85, 89]
