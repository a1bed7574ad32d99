"""Lists: what is shown, in which order, at which price, and in how many queries."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone
from prices import Money
from saleor.discount.models import Sale
from saleor.product.models import Collection, Product

from product_content.catalogue.adapters.products import kind_of
from product_content.catalogue.loading import load_catalogue
from product_content.models import SafetyCard
from product_content.selectors import list_products, list_sets, list_sizes


def slugs(cards):
    return [card.slug for card in cards]


def pounds(amount):
    return Money(amount, "GBP")


def test_sets_come_by_smallest_size_after_them_those_with_magnets_and_firm_ones(shop):
    assert slugs(list_sets()) == [
        "starter-set-sizes-1-3",
        "essential-set-sizes-1-5",
        "full-range-set-sizes-1-8",
        "step-set-sizes-2-3",
        "middle-set-sizes-3-6",
        "step-set-sizes-4-5",
        "step-set-sizes-6-7",
        "large-set-sizes-6-9",
        "step-set-sizes-8-9",
        "magnetic-set-sizes-1-4",
        "firm-set-sizes-3-7",
        "magnetic-set-sizes-5-8",
    ]


def test_a_card_has_all_that_a_list_shows(loaded):
    (card,) = list_sets()

    assert (card.kind, card.name, card.summary) == ("sets", "Small set", "Two small sizes.")
    assert (card.url, card.price, card.full_price) == (
        "/sets/small-set/",
        pounds("30.00"),
        pounds("30.00"),
    )
    assert [(s.number, s.diameter_mm, s.diameter_in) for s in card.sizes] == [
        (1, 13, Decimal("0.51")),
        (2, 16, Decimal("0.63")),
    ]
    assert (card.material, card.firmness, card.magnetic) == (
        "Silicone",
        "Medium: bends a little",
        False,
    )
    assert card.available == 5
    assert card.variant_id is not None
    assert card.several_prices is False


def test_a_single_starts_at_its_lowest_price_and_asks_for_a_choice(loaded):
    (card,) = list_products("singles")

    assert (card.price, card.several_prices, card.variant_id) == (pounds("12.00"), True, None)
    assert [size.number for size in card.sizes] == [1, 2]
    assert card.available == 4


def test_the_chart_has_nine_sizes_in_order(shop):
    chart = list_sizes()

    assert [size.diameter_mm for size in chart] == [13, 16, 20, 23, 26, 29, 32, 35, 38]
    assert [size.number for size in chart] == list(range(1, 10))


def test_sold_out_sets_are_shown(loaded):
    Product.objects.get(slug="small-set").variants.get().stocks.all().delete()

    assert [card.available for card in list_sets()] == [0]


def test_of_the_singles_the_one_without_magnets_leads(shop):
    assert slugs(list_products("singles")) == ["smooth-single", "magnetic-single"]


def test_care_products_by_name(shop):
    assert slugs(list_products("care")) == [
        "carry-pouch",
        "cleaning-kit",
        "everyday-gel",
        "gentle-gel",
        "personal-massager",
    ]


@pytest.mark.parametrize(
    ("days", "shown"), [(-1, True), (0, True), (1, False)], ids=["past", "today", "tomorrow"]
)
def test_a_product_is_visible_from_its_publication_day_on(loaded, days, shown):
    day = timezone.localdate() + timedelta(days=days)
    Product.objects.filter(slug="small-set").update(publication_date=day)

    assert bool(list_sets()) is shown


def test_an_unpublished_product_is_hidden(loaded):
    Product.objects.filter(slug="small-set").update(is_published=False)

    assert list_sets() == []


def test_a_product_without_a_safety_card_is_hidden(loaded):
    SafetyCard.objects.filter(product__slug="plain-gel").delete()

    assert list_products("care") == []


def test_a_set_without_sizes_is_hidden(loaded):
    """Such as one that staff made and did not finish."""
    category, product_type = kind_of("sets")
    other = Product.objects.get(slug="plain-gel")
    Product.objects.filter(pk=other.pk).update(category=category, product_type=product_type)

    assert slugs(list_sets()) == ["small-set"]


@pytest.mark.parametrize("part", ["products", "categories", "collections"])
def test_a_running_sale_lowers_the_price_as_the_checkout_does(loaded, part):
    product = Product.objects.get(slug="small-set")
    sale = Sale.objects.create(name="Sale", type="percentage", value=10)
    collection = Collection.objects.create(name="Few", slug="few")
    collection.products.add(product)
    target = {"products": product, "categories": product.category, "collections": collection}
    getattr(sale, part).add(target[part])

    (card,) = list_sets()

    assert (card.price, card.full_price) == (pounds("27.00"), pounds("30.00"))
    assert list_products("care")[0].price == pounds("8.50")


def test_a_sale_that_is_over_changes_nothing(loaded):
    yesterday = timezone.now() - timedelta(days=1)
    sale = Sale.objects.create(type="fixed", value=5, start_date=yesterday, end_date=yesterday)
    sale.products.add(Product.objects.get(slug="small-set"))

    assert list_sets()[0].price == pounds("30.00")


@pytest.mark.parametrize(
    "read", [list_sets, *(partial(list_products, kind) for kind in ("singles", "care"))]
)
def test_two_queries_however_many_products(shop, folder, read, django_assert_num_queries):
    with django_assert_num_queries(2):
        few = len(read())
    load_catalogue(folder=folder)
    with django_assert_num_queries(2):
        assert len(read()) == few + 1
