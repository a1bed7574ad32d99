"""The articles themselves: length, sources, honest words, links."""

import re

from product_content.models import Guide, GuideProduct
from product_content.rendering import count_words
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


def test_there_are_nineteen_guides(shop):
    assert len(list_guides()) == 19


def test_guides_have_the_asked_length(shop):
    lengths = {guide.slug: count_words(guide.body_html) for guide in Guide.objects.all()}

    assert {slug: n for slug, n in lengths.items() if not 700 <= n <= 1200} == {}


def test_every_guide_cites_claims_that_are_there(shop):
    for guide in Guide.objects.all():
        assert guide.cited_ids, guide.slug
        assert {claim["id"] for claim in guide.citations} == guide.cited_ids, guide.slug


def test_the_guide_for_special_situations_stands_on_every_product(shop):
    for kind in ("sets", "singles", "care"):
        for card in list_products(kind):
            assert "ask-your-team-first" in [g.slug for g in get_product(kind, card.slug).guides]


def test_a_firm_set_for_a_schedule_shows_no_general_rules(shop):
    slugs = {guide.slug for guide in get_product("sets", "firm-set-sizes-3-7").guides}

    assert slugs.isdisjoint({"first-session", "when-to-move-up", "choosing-your-first-size"})


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
    assert "not shown" in text
    for device in (
        "pacemaker",
        "defibrillator",
        "pump",
        "neurostimulator",
        "shunt",
        "hearing implant",
        "aneurysm clip",
        "15 cm",
        "MRI",
    ):
        assert device in text
