"""The articles themselves: length, sources, honest words, links."""

import re

from product_content.models import Guide, GuideProduct
from product_content.rendering import cited_ids, count_words
from product_content.selectors import (
    get_guide,
    get_product,
    list_guides,
    list_products,
    list_sets,
)

FORBIDDEN = (
    "cure",
    "cures",
    "cured",
    "guaranteed",
    "guarantee",
    "miracle",
    "risk-free",
    "clinically proven",
    "doctor-approved",
    "frigid",
)


def test_there_are_at_least_twelve_guides(shop):
    assert len(list_guides()) == 13


def test_guides_have_the_asked_length(shop):
    lengths = {guide.slug: count_words(guide.body_html) for guide in Guide.objects.all()}

    assert {slug: n for slug, n in lengths.items() if not 600 <= n <= 1200} == {}


def test_every_guide_has_sources_and_cites_each(shop):
    for guide in Guide.objects.all():
        ids = {source["id"] for source in guide.sources}
        assert len(ids) >= 2, guide.slug
        assert ids == cited_ids(guide.body_markdown), guide.slug


def test_no_promise_is_made(shop):
    word = re.compile(rf"\b({'|'.join(FORBIDDEN)})\b", re.IGNORECASE)
    texts = {guide.slug: f"{guide.summary} {guide.body_markdown}" for guide in Guide.objects.all()}
    for kind, cards in (
        ("sets", list_sets()),
        ("singles", list_products("singles")),
        ("care", list_products("care")),
    ):
        for card in cards:
            page = get_product(kind, card.slug)
            texts[card.slug] = f"{page.summary} {page.description_html} {page.safety_card}"

    assert {slug: word.findall(text) for slug, text in texts.items() if word.search(text)} == {}


def test_every_guide_puts_the_clinicians_plan_first_and_offers_a_way_without_buying(shop):
    for guide in Guide.objects.all():
        assert "clinician's plan comes first" in " ".join(guide.body_markdown.split()), guide.slug
        assert "## You may not need to buy anything" in guide.body_markdown, guide.slug
        assert guide.when_to_stop, guide.slug


def test_no_reviewer_is_invented(shop):
    assert set(Guide.objects.values_list("author", "reviewer")) == {
        ("Stillwater editorial team", "")
    }


def test_links_go_both_ways(shop):
    for link in GuideProduct.objects.select_related("guide", "product__category"):
        page = get_product(link.product.category.slug, link.product.slug)
        assert link.guide.slug in [guide.slug for guide in page.guides]
        on_guide = [product.slug for product in get_guide(link.guide.slug).products]
        assert (link.product.slug in on_guide) is link.on_guide


def test_every_product_has_a_guide_and_every_guide_others_to_read(shop):
    for kind, cards in (
        ("sets", list_sets()),
        ("singles", list_products("singles")),
        ("care", list_products("care")),
    ):
        for card in cards:
            assert get_product(kind, card.slug).guides, card.slug
    for card in list_guides():
        page = get_guide(card.slug)
        assert len(page.related) >= 2, card.slug
        assert 1 <= len(page.products) <= 6, card.slug


def test_magnets_are_never_said_to_help(shop):
    text = get_guide("about-magnets").html

    assert "2.1 mm" in text
    assert "cannot be recommended" in text
    for device in (
        "pacemaker",
        "defibrillator",
        "pump",
        "neurostimulator",
        "shunt",
        "15 cm",
        "MRI",
    ):
        assert device in text
