"""Rules of what texts may say and of what may be sold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from product_content.policies import (
    REVIEW_EVERY,
    RegulatoryFacts,
    claim_problems,
    is_review_due,
    may_be_sold,
    may_claim,
    missing_facts,
    text_problems,
    translation_problem,
)

TODAY = date(2026, 11, 23)


def test_a_guide_that_nobody_reviewed_is_due():
    assert is_review_due(reviewed_on=None, today=TODAY) == (
        True,
        "No clinician has reviewed it yet.",
    )


@pytest.mark.parametrize(("age", "due"), [(0, False), (729, False), (730, True), (2000, True)])
def test_a_review_lasts_two_years(age, due):
    assert REVIEW_EVERY.days == 730
    assert is_review_due(reviewed_on=TODAY - timedelta(days=age), today=TODAY).allowed is due


def test_a_guide_due_again_says_when_it_was_reviewed():
    assert is_review_due(reviewed_on=date(2024, 5, 3), today=TODAY).reason == (
        "The last review, on 3 May 2024, is two years old or older."
    )


CLAIMS = {"nhs": ["vaginismus"], "leaflet": ["radiotherapy"], "own": ["everyone"]}


def problems(text, readers=("vaginismus",)):
    return text_problems(text, readers=readers, claims=CLAIMS)


@pytest.mark.parametrize(
    "text",
    [
        "A first word.[^own]\n\n## Then\n\nIt can be treated.[^nhs]",
        "After radiotherapy, about five minutes.[^leaflet]",
        "## After radiotherapy\n\nAbout five minutes.[^leaflet]",
        "- Before.[^own]\n- After radiotherapy twice a day.[^leaflet]",
        "After radiotherapy, say guidelines,[^leaflet] 10 minutes.[^leaflet]",
    ],
)
def test_a_text_that_cites_what_it_says_and_names_whom_it_is_about_is_fine(text):
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Words.", "the section “at the top” cites nothing"),
        ("Words.[^own]\n\n## Then\n\nMore.", "the section “Then” cites nothing"),
        ("Words.[^own] Ten minutes do.", "no claim is cited for “Ten minutes do.”"),
        ("Do it twice a day. Words.[^own]", "no claim is cited for “Do it twice a day.”"),
        ("Quédate diez minutos. Ya.[^own]", "no claim is cited for “Quédate diez minutos.”"),
        ("79 % got there. So.[^own]", "no claim is cited for “79 % got there.”"),
        ("A trial says so. Yes.[^own]", "no claim is cited for “A trial says so.”"),
        ("- Words.[^own]\n- For 2 weeks.", "no claim is cited for “- For 2 weeks.”"),
        ("Words.[^none]", "[^none] is no claim"),
        (
            "About five minutes.[^leaflet]",
            "[^leaflet] is about other people (radiotherapy), whom the text does not name there",
        ),
        (
            "After radiotherapy.[^own]\n\nAbout five minutes.[^leaflet]",
            "[^leaflet] is about other people (radiotherapy), whom the text does not name there",
        ),
    ],
)
def test_a_text_that_says_more_is_told_where(text, problem):
    assert problems(text) == [problem]


def test_a_claim_holds_for_no_reader_whom_it_does_not_name():
    both = ("vaginismus", "menopause")

    assert problems("It can be treated.[^nhs]", both) != []
    assert problems("Vaginismus can be treated.[^nhs]", both) == []


SENTENCES = "a paragraph has more or fewer sentences"


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        ("Diez.[^own]\n\n## Luego\n\n1,660 y 2.1.[^nhs]", ""),
        ("Diez.[^own] 1660 y 2,1.[^nhs]", "another number of sections"),
        ("Diez.[^nhs]\n\n## Luego\n\n1,660 y 2.1.[^nhs]", "other claims are cited"),
        ("Diez.\n\n## Luego\n\n1,660 y 2.1.[^nhs][^own]", "other claims are cited"),
        ("Diez.[^own]\n\n## Luego\n\n1,660 y 3.1.[^nhs]", "other figures are given"),
        ("Diez.[^own] Y no.\n\n## Luego\n\n1,660 y 2.1.[^nhs]", SENTENCES),
        ("Diez.[^own]\n\n## Luego\n\n1,660.\n\nY 2.1.[^nhs]", SENTENCES),
    ],
)
def test_a_translation_cites_and_counts_as_its_text_does(translation, problem):
    text = "Ten.[^own]\n\n## Then\n\n1,660 and 2.1.[^nhs]"

    assert translation_problem(text, translation) == problem


def test_a_translation_leaves_no_warning_out():
    text = "Keep it away from implants. “Ask first.” Then buy.[^own]\n\n1. One, 2.5 mm.\n2. Two!"
    whole = "Lejos de los implantes. «Pregunta.» Compra.[^own]\n\n1. Uno, 2,5 mm.\n2. ¡Dos!"

    assert translation_problem(text, whole) == ""
    assert translation_problem(text, whole.replace("Lejos de los implantes. ", "")) == SENTENCES
    assert translation_problem(text, whole.replace("¡Dos!", "Dos")) == SENTENCES


@pytest.mark.parametrize(
    ("audiences", "sources", "found"),
    [
        (["radiotherapy"], [["radiotherapy", "surgery"]], []),
        (["radiotherapy", "surgery"], [["radiotherapy"], ["surgery"]], []),
        (["everyone"], [], []),
        (["birth"], [["radiotherapy"]], ["none of its sources speaks of birth"]),
        (["everyone"], [["radiotherapy"]], ["none of its sources speaks of everyone"]),
        ([], [["radiotherapy"]], ["it says not for whom it holds"]),
    ],
)
def test_a_claim_goes_no_further_than_its_sources(audiences, sources, found):
    assert claim_problems(audiences=audiences, sources=sources) == found


WHOLE = RegulatoryFacts(
    maker="A maker, 1 Street", device_class="I", marking="ukca", batch="L1", udi="(01)1",
    importer="none",
)  # fmt: skip


def test_a_live_shop_sells_only_goods_whose_papers_are_whole():
    assert may_be_sold(WHOLE, demo_goods_are_sold=False).allowed
    assert may_be_sold(RegulatoryFacts(), demo_goods_are_sold=True).allowed
    assert may_be_sold(RegulatoryFacts(), demo_goods_are_sold=False) == (
        False,
        "This is a demo product and not for sale.",
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("maker", "the maker"),
        ("device_class", "the device class"),
        ("marking", "the conformity marking"),
        ("batch", "the batch"),
        ("udi", "the UDI"),
        ("importer", "the importer"),
    ],
)
def test_each_fact_that_is_missing_is_named_and_enough_to_refuse(name, words):
    facts = replace(WHOLE, **{name: ""})

    assert missing_facts(facts) == [words]
    assert not may_be_sold(facts, demo_goods_are_sold=False).allowed


def test_what_is_no_device_needs_a_maker_and_an_importer_only():
    assert missing_facts(RegulatoryFacts(device_class="none")) == ["the maker", "the importer"]


@pytest.mark.parametrize("text", ["It relieves pain.", "A treatment for dryness.", "It heals."])
def test_a_medical_claim_needs_a_marking(text):
    refusal = may_claim(text, marking="")

    assert not refusal.allowed
    assert "CAP Code 12.1" in refusal.reason
    assert may_claim(text, marking="ukca").allowed


@pytest.mark.parametrize(
    "text", ["It has not been shown to relieve pain.", "A comfort, not a treatment.", "A soft gel."]
)
def test_a_denial_or_a_plain_word_needs_none(text):
    assert may_claim(text, marking="").allowed
