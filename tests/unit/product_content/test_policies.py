"""Rules of guides."""

from datetime import date, timedelta

import pytest

from product_content.policies import REVIEW_EVERY, is_review_due, may_publish_guide

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


def test_a_guide_that_cites_each_of_its_sources_may_be_published():
    assert may_publish_guide(cited={"nhs", "who"}, sources={"nhs", "who"}) == (True, "")


def test_everything_that_is_missing_is_said_at_once():
    assert may_publish_guide(cited={"nhs"}, sources={"who"}) == (
        False,
        "; ".join(
            (
                "its source “who” is cited nowhere in the text",
                "the text cites [^nhs], which is not among its sources",
            )
        ),
    )
    assert may_publish_guide(cited=set(), sources=set()) == (False, "it names no source")
