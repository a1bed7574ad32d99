"""A product's page and a guide's page."""

from datetime import date

import pytest
from prices import Money
from saleor.product.models import Product

from product_content.models import Guide
from product_content.selectors import get_guide, get_product, list_guides


def test_a_set_page_has_its_parts(loaded):
    page = get_product("sets", "small-set")

    assert (page.name, page.kind, page.url) == ("Small set", "sets", "/sets/small-set/")
    assert (page.price, page.currency, page.available) == (Money("30.00", "GBP"), "GBP", 5)
    assert page.description_html == "<p>Two <em>small</em> sizes.</p>\n"
    assert page.in_the_box == ("Two pieces",)
    assert [size.number for size in page.sizes] == [1, 2]
    assert [(v.sku, v.available, v.size) for v in page.variants] == [("SET-12", 5, None)]
    assert page.safety_card.latex == "Made without natural rubber latex"
    assert page.safety_card.not_studied_for == "Not studied in pregnancy."
    assert page.safety_card.warnings == ()


def test_a_single_page_lists_its_sizes_in_order(shop):
    page = get_product("singles", "smooth-single")

    assert [v.size.number for v in page.variants] == list(range(1, 10))
    assert {v.size.number: v.price.amount for v in page.variants}[9] == 17
    assert (page.price.amount, page.several_prices) == (12, True)


@pytest.mark.parametrize(
    ("kind", "slug"),
    [("singles", "magnetic-single"), ("sets", "magnetic-set-sizes-1-4")],
)
def test_magnetic_products_warn(shop, kind, slug):
    card = get_product(kind, slug).safety_card
    words = " ".join(card.warnings)

    assert card.magnetic
    for needed in (
        "pacemaker",
        "defibrillator",
        "pump",
        "neurostimulator",
        "shunt",
        "hearing implant",
        "aneurysm clip",
        "stent",
        "coil",
        "implant in the eye",
        "splinters in the eye",
        "plate in the skull",
        "15 cm",
        "MRI",
    ):
        assert needed in words
    assert "not been shown to relieve pain" in words


def test_guides_come_in_the_order_in_which_a_buyer_needs_them(shop):
    stages = [guide.stage for guide in get_product("sets", "starter-set-sizes-1-3").guides]

    order = ["before", "first_use", "moving_up", "care"]
    assert sorted(stages, key=order.index) == stages
    assert set(stages) == set(order)


def test_related_sets_share_sizes_those_without_magnets_first_and_leave_out_the_set_itself(shop):
    page = get_product("sets", "starter-set-sizes-1-3")

    assert [card.slug for card in page.related] == [
        "essential-set-sizes-1-5",
        "full-range-set-sizes-1-8",
        "magnetic-set-sizes-1-4",
    ]


@pytest.mark.parametrize(
    ("kind", "slug"), [("sets", "no-such"), ("care", "small-set"), ("pages", "small-set")]
)
def test_what_is_not_sold_has_no_page(loaded, kind, slug):
    assert get_product(kind, slug) is None


def test_a_hidden_product_has_no_page_and_is_on_no_guide(loaded):
    Product.objects.filter(slug="small-set").update(is_published=False)

    assert get_product("sets", "small-set") is None
    assert get_guide("first").products == ()


def test_a_guide_page_has_its_parts(loaded):
    page = get_guide("first")

    assert (page.title, page.url, page.topic_label) == ("First steps", "/guides/first/", "Using")
    assert page.when_to_stop == ("Stop if it hurts.",)
    assert [(h.anchor, h.text, h.level) for h in page.contents] == [
        ("first", "First", 2),
        ("you-may-not-need-to-buy-anything", "You may not need to buy anything", 2),
    ]
    assert 'id="first"' in page.html
    assert '<a href="https://www.nhs.uk/"' in page.sources_html
    assert page.sources[0].organisation == "NHS"
    assert page.updated_on == date(2026, 1, 31)
    assert [(p.slug, p.stage_label, p.reason) for p in page.products] == [
        ("small-set", "First use", "It begins small.")
    ]
    assert [card.slug for card in page.related] == ["second"]


def test_a_guide_for_all_sets_is_on_the_set_but_the_set_is_not_on_the_guide(loaded):
    guides = get_product("sets", "small-set").guides

    assert [(g.slug, g.stage, g.reason) for g in guides] == [
        ("first", "first_use", "It begins small."),
        ("second", "care", "For every set."),
    ]
    assert [product.slug for product in get_guide("second").products] == ["plain-gel"]


def test_a_guide_says_whether_a_clinician_has_reviewed_it(loaded):
    assert get_guide("first").review_line == "Not yet reviewed by a clinician."

    Guide.objects.filter(slug="first").update(
        reviewer="A. Person, physiotherapist", reviewed_on=date(2026, 3, 1)
    )

    line = "Reviewed by A. Person, physiotherapist on 1 March 2026."
    assert get_guide("first").review_line == line


def test_an_unpublished_guide_is_nowhere(loaded):
    Guide.objects.filter(slug="second").update(is_published=False)

    assert get_guide("second") is None
    assert [guide.slug for guide in list_guides()] == ["first"]
    assert get_guide("first").related == ()
    assert [guide.slug for guide in get_product("sets", "small-set").guides] == ["first"]


def test_an_edited_guide_is_rendered_again(loaded):
    guide = Guide.objects.get(slug="first")
    guide.body_markdown = "## New\n\nWords.[^nhs]"
    guide.save()

    page = get_guide("first")
    assert [heading.text for heading in page.contents] == ["New"]
    assert "Words." in page.html


@pytest.mark.parametrize(
    ("queries", "read"),
    [
        (4, lambda: get_product("sets", "starter-set-sizes-1-3")),
        (4, lambda: get_product("singles", "smooth-single")),
        (1, list_guides),
        (4, lambda: get_guide("choosing-your-first-size")),
    ],
)
def test_pages_take_few_queries(shop, queries, read, django_assert_num_queries):
    with django_assert_num_queries(queries):
        assert read()
