"""The articles themselves: length, sources, honest words, links."""

import re

import nh3
import pytest

from product_content.models import Guide, GuideProduct
from product_content.rendering import count_words, without_citations, without_diagrams
from product_content.selectors import (
    get_guide,
    get_product,
    list_guides,
    list_products,
    list_sets,
    list_sizes,
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


# Each situation with its guide and the people for whom it is written.
SITUATIONS = {
    "what-it-is-and-feels-like": "vaginismus",
    "vulval-pain": "vulval-pain",
    "menopause-and-comfort": "menopause",
    "after-birth": "birth",
    "after-radiotherapy": "radiotherapy",
    "after-pelvic-surgery": "surgery",
    "agenesis": "agenesis",
    "after-vaginoplasty": "vaginoplasty",
    "lichen-and-skin": "skin",
    "when-a-device-was-prescribed": "prescribed",
    "buying-for-somebody-else": "everyone",
}
# Advice for people who practise for themselves; under a team's schedule it can do harm.
GENERAL_RULES = {"own-pain-rule", "own-scale", "own-moving-up", "own-after-a-break"}


def test_there_are_twenty_seven_guides(shop):
    assert len(list_guides()) == 27


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


@pytest.mark.parametrize(("slug", "people"), SITUATIONS.items())
def test_each_situation_has_its_guide_its_red_box_and_what_our_lengths_do_not_serve(
    shop, slug, people
):
    guide = Guide.objects.get(slug=slug, is_published=True)

    assert people in guide.readers
    assert len(guide.when_to_stop.splitlines()) >= 4
    assert {"own-lengths", "own-no-purchase"} <= guide.cited_ids
    hub = Guide.objects.get(slug="ask-your-team-first")
    assert f"(/guides/{slug}/)" in hub.body_markdown


def test_the_lengths_in_guides_are_those_of_the_chart(shop):
    lengths = [size.usable_length_mm for size in list_sizes()]
    ours = f"{min(lengths)} to {max(lengths)} mm"

    for slug in ("after-birth", "after-radiotherapy", "after-pelvic-surgery", "agenesis"):
        body = " ".join(Guide.objects.get(slug=slug).body_markdown.split())
        assert f"usable lengths run from {ours}" in body, slug


def test_no_general_rule_is_given_without_the_schedules_for_which_it_is_wrong(shop):
    guides = [guide for guide in Guide.objects.all() if GENERAL_RULES & guide.cited_ids]

    assert len(guides) >= 8
    assert [guide.slug for guide in guides if "schedule" not in guide.body_markdown] == []


def test_after_vaginoplasty_nothing_says_to_stop_or_shorten_at_will(shop):
    guide = Guide.objects.get(slug="after-vaginoplasty")

    assert GENERAL_RULES.isdisjoint(guide.cited_ids)
    assert guide.when_to_stop.startswith("Do not stop, shorten or leave out your schedule")
    assert "own-schedule" in guide.cited_ids


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


def _syllables(word):
    stem = re.sub(r"(?<=[^laeiouy])e[sd]?$", "", word.lower()) if len(word) > 3 else word.lower()
    return max(1, len(re.findall(r"[aeiouy]+", stem)))


def reading_ease(guide):
    """Return Flesch's measure of a guide: 60 is plain English, 90 is easy."""
    ended = re.sub(r"(?<=\w)(?=</(?:h[2-4]|li|p)>)", ".", without_diagrams(guide.body_html))
    text = nh3.clean(without_citations(ended), tags=set(), clean_content_tags={"sup"})
    sentences = [each for each in re.split(r"[.!?:;]+", text) if re.search(r"\w", each)]
    words = re.findall(r"[A-Za-z’']+", text)
    syllables = sum(map(_syllables, words)) / len(words)
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables


def test_no_guide_is_harder_to_read_than_plain_english(shop):
    ease = {guide.slug: reading_ease(guide) for guide in Guide.objects.all()}

    assert {slug: round(n) for slug, n in ease.items() if n < 66} == {}
