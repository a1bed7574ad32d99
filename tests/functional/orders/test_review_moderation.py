"""Reviews: what a person here decides, and what others see then."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry

from dashboard.models import AccessKind, AccessRecord
from plugins.fulfilment.policies import ReviewRefused
from plugins.fulfilment.reviews import decline_review, publish_review
from product_content.models import DeclineReason, Review, ReviewState
from product_content.selectors.variants import MIN_COUNTED
from tests import personas
from tests.functional.orders.reviewing import (
    SET,
    address,
    bought,
    first,
    product_page,
    words,
    written,
)
from tests.personas import link_holder

pytestmark = pytest.mark.django_db


def decide(client, row, do="publish", **fields):
    data = {"expected_version": str(row.version), "answer": "", "reason": "", "do": do, **fields}
    return client.post(f"/staff/product_content/review/{row.pk}/change/", data)


def test_support_reads_publishes_and_answers_and_all_of_it_is_logged(sent):
    row = written(first(sent), ReviewState.WAITING, name="Otter")
    support = personas.in_role("Support")
    page = words(support.get(f"/staff/product_content/review/{row.pk}/change/"))
    assert "Good." in page
    assert "Otter" in page
    for private in ("robin@example.org", "Marsh", sent.token, f"#{sent.pk}"):
        assert private not in page
    assert AccessRecord.objects.filter(kind=AccessKind.REVIEW, subject_id=row.pk).count() == 1
    assert decide(support, row, answer="Thank you.").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer) == (ReviewState.PUBLISHED, "Thank you.")
    assert LogEntry.objects.get().change_message == "Published."
    shown = product_page()
    assert "Good." in shown
    assert re.search("Stillwater answers ?</strong> ?</p> ?<p>Thank you.</p>", shown)


def test_blame_is_published_like_praise_and_html_is_only_text(sent):
    row = written(first(sent), ReviewState.WAITING, comfort=1, text="<b>Hurts</b> & squeaks.")
    decide(personas.in_role("Manager"), row)
    assert "Comfort: 1 of 5" in product_page()
    assert "&lt;b&gt;Hurts&lt;/b&gt; &amp; squeaks." in product_page()


def test_declining_needs_a_rule_which_its_writer_reads(sent):
    row = written(first(sent), ReviewState.WAITING, text="It cured me.")
    support = personas.in_role("Support")
    assert decide(support, row, "decline").status_code == 422
    assert decide(support, row, "decline", reason="cure").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reason) == (ReviewState.DECLINED, "cure")
    page = words(link_holder(sent).get(address(sent)))
    assert str(DeclineReason.CURE.label) in page
    assert "You can change it" in page
    assert "It cured me." not in product_page()


def test_nobody_publishes_words_that_they_have_not_read(sent):
    row = written(first(sent), ReviewState.WAITING)
    Review.objects.update(version=2, text="Other words.")
    support = personas.in_role("Support")
    answer = decide(support, row)
    assert (answer.status_code, "has changed it meanwhile" in words(answer)) == (422, True)
    Review.objects.all().delete()
    with pytest.raises(ReviewRefused, match="taken it back"):
        publish_review(review_id=row.pk, expected_version=1, answer="", user_id=1)
    with pytest.raises(ReviewRefused, match="which rule"):
        decline_review(review_id=row.pk, expected_version=1, reason="", user_id=1)


def test_with_a_rule_chosen_nothing_is_published_by_the_wrong_button(sent):
    row = written(first(sent), ReviewState.WAITING, text="It cured me.")
    answer = decide(personas.in_role("Support"), row, reason="cure")
    assert answer.status_code == 422
    assert "A rule is chosen. Decline it, or choose None to publish it." in words(answer)
    assert Review.objects.get().state == ReviewState.WAITING
    assert not LogEntry.objects.exists()


def test_list_and_log_say_the_language_and_the_rule_in_words(sent):
    row = written(first(sent), ReviewState.WAITING, language="es")
    support = personas.in_role("Support")
    decide(support, row, "decline", reason="cure")
    assert LogEntry.objects.get().change_message == f"Declined. {DeclineReason.CURE.label}"
    listed = words(support.get("/staff/product_content/review/"))
    assert "Español" in listed


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_other_roles_neither_read_nor_decide(sent, role):
    row, client = written(first(sent), ReviewState.WAITING), personas.in_role(role)
    assert client.get("/staff/product_content/review/").status_code == 403
    assert decide(client, row).status_code == 403
    assert Review.objects.get().state == ReviewState.WAITING


def test_those_that_wait_are_listed_first_and_counted_at_home(shop, sent):
    old = written(first(sent))
    new = written(sent.lines.order_by("pk").last(), ReviewState.WAITING)
    support = personas.in_role("Support")
    listed = words(support.get("/staff/product_content/review/"))
    assert listed.index(f"Review {new.pk}") < listed.index(f"Review {old.pk}")
    assert "From customers, to be read" in words(support.get("/staff/"))


def test_without_any_the_page_says_so_and_makes_none_up(shop):
    page = product_page()
    assert "Nobody has said anything yet, and we do not make anything up." in page
    assert 'href="/reviews/"' in page
    assert "aggregateRating" not in page
    assert "Nadie ha dicho nada todavía" in product_page(f"/es{SET}")


def test_a_mean_is_shown_only_of_enough(shop):
    marks = [(5, 4), (4, 4), (5, 5), (3, 2), (5, 5)]
    assert len(marks) == MIN_COUNTED
    for comfort, size in marks:
        page, listed = product_page(), product_page("/sets/")
        assert "aggregateRating" not in page
        assert " of 5, from" not in page + listed
        order = bought((shop.starter, 1))
        written(first(order), comfort=comfort, size_accuracy=size)
    page, listed = product_page(), product_page("/sets/")
    assert "4.2 of 5, from 5 reviews" in page
    assert "4.2 of 5, from 5 reviews" in listed
    data = json.loads(re.search('<script type="application/ld.json">(.*?)</script>', page)[1])
    assert data["@graph"][0]["aggregateRating"] == {
        "@type": "AggregateRating", "ratingValue": "4.2", "reviewCount": 5,
        "bestRating": 5, "worstRating": 1,
    }  # fmt: skip
    assert "4,2 de 5, de 5 opiniones" in product_page(f"/es{SET}")
    Review.objects.filter(pk=Review.objects.first().pk).update(state=ReviewState.WAITING)
    assert " of 5, from" not in product_page() + product_page("/sets/")


def test_the_first_five_stand_open_and_the_others_behind_one_press(shop):
    for number in range(7):
        written(first(bought((shop.starter, 1))), text=f"Words {number}.")
    page = product_page()
    shown, behind = page.split("Show the others too")
    assert [f"Words {n}." in shown for n in range(7)] == [False, False, *[True] * 5]
    assert [f"Words {n}." in behind for n in range(7)] == [True, True, *[False] * 5]
