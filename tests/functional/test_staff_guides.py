"""Guides as a content editor writes, tries out, publishes, takes back and has reviewed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dashboard.roles import ROLES
from product_content.models import Claim, Guide, Source
from product_content.search.selectors import search
from tests import personas
from tests.factories import ClaimFactory, GuideFactory, ProductFactory, SourceFactory

pytestmark = pytest.mark.django_db

GUIDES = "/staff/product_content/guide/"
CLAIMS = "/staff/product_content/claim/"
SOURCES = "/staff/product_content/source/"


@pytest.fixture
def editor():
    ClaimFactory()
    return personas.in_role("Content editor")


def form(**fields):
    """What the page of a guide sends."""
    return {
        "title": "Your first week", "slug": "first-week", "summary": "Go slowly.",
        "audience": "Anyone who starts", "topic": "using", "sort_order": "0",
        "body_markdown": "## Begin\n\nTake your time.[^nhs]", "when_to_stop": "Sharp pain",
        "readers": ["vaginismus"], "author": "Stillwater", "updated_on": "2026-01-02",
        "reviewer": "", "reviewed_on": "",
        "product_links-TOTAL_FORMS": "0", "product_links-INITIAL_FORMS": "0",
        "relations-TOTAL_FORMS": "0", "relations-INITIAL_FORMS": "0", **fields,
    }  # fmt: skip


def page(guide):
    return f"{GUIDES}{guide.pk}/change/"


def errors(answer):
    return answer.context["adminform"].form.errors


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def in_shop(client, guide):
    return client.get(f"/guides/{guide.slug}/").status_code


def test_an_editor_writes_a_guide_and_links_a_product(editor):
    product = ProductFactory()
    fields = form(**{
        "product_links-TOTAL_FORMS": "1", "product_links-0-product": product.pk,
        "product_links-0-stage": "first_use", "product_links-0-reason": "It starts small.",
        "product_links-0-sort_order": "0",
    })  # fmt: skip
    assert editor.post(f"{GUIDES}add/", fields).status_code == 302

    written = Guide.objects.get(slug="first-week")
    assert "Take your time." in written.body_html
    assert [claim["id"] for claim in written.citations] == ["nhs"]
    assert 'href="https://www.nhs.uk/"' in written.sources_html
    assert "One leaflet." in written.sources_html
    assert written.readers == ["vaginismus"]
    [link] = written.product_links.all()
    assert (link.product, link.stage, link.reason) == (product, "first_use", "It starts small.")


def test_a_new_guide_is_a_draft_whatever_the_form_says(editor, client):
    editor.post(f"{GUIDES}add/", form(is_published="on"))
    assert in_shop(client, Guide.objects.get()) == 404


def test_publishing_and_unpublishing(editor, client):
    guide = GuideFactory(is_published=False)
    fields = form(slug=guide.slug)
    answer = editor.post(page(guide), fields | {"product_content_guide_publish": ""}, follow=True)
    assert "“Your first week” is shown to customers." in said(answer)
    assert in_shop(client, guide) == 200

    editor.post(page(guide), fields | {"product_content_guide_unpublish": ""})
    assert in_shop(client, guide) == 404


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"body_markdown": "## Begin\n\nTake your time."}, "the section “Begin” cites nothing"),
        (
            {"body_markdown": "## Begin\n\nTake time.[^nhs] Stay ten minutes, twice a day."},
            "no claim is cited for “Stay ten minutes, twice a day.”",
        ),
        ({"body_markdown": "## Begin\n\nTake time.[^other]"}, "[^other] is no claim"),
        (
            {"readers": ["menopause"]},
            "[^nhs] is about other people (vaginismus), whom the text does not name there",
        ),
    ],
)
def test_a_guide_that_says_more_than_its_claims_stays_a_draft_and_says_why(editor, changed, reason):
    guide = GuideFactory(is_published=False)
    fields = form(**changed, product_content_guide_publish="")
    answer = editor.post(page(guide), fields, follow=True)
    guide.refresh_from_db()
    assert guide.is_published is False
    assert said(answer)[0] == f"“Your first week” stays a draft: {reason}."


def test_several_are_published_as_far_as_they_may(editor):
    ready = GuideFactory(is_published=False)
    bare = GuideFactory(is_published=False, body_markdown="No claim is cited.")
    chosen = {"action": "publish_selected", "_selected_action": [ready.pk, bare.pk]}
    editor.post(GUIDES, chosen)
    assert list(Guide.objects.filter(is_published=True)) == [ready]
    editor.post(GUIDES, chosen | {"action": "unpublish_selected"})
    assert not Guide.objects.filter(is_published=True).exists()


def test_a_published_guide_cannot_lose_its_claims_and_the_form_keeps_what_was_typed(editor):
    guide = GuideFactory()
    bare = form(body_markdown="## Begin\n\nTake your time.", title="A new title")
    answer = editor.post(page(guide), bare)
    assert errors(answer)["body_markdown"] == [
        "Customers read this guide, and the section “Begin” cites nothing."
    ]
    assert 'value="A new title"' in answer.content.decode()
    guide.refresh_from_db()
    assert guide.title != "A new title"


def claim(**fields):
    """What the page of a claim sends."""
    return {
        "slug": "nhs", "says": "Much can be done.", "sources": [SourceFactory().pk],
        "audiences": ["vaginismus"], "limits": "Only one leaflet.", "review_by": "2028-02-01",
        **fields,
    }  # fmt: skip


def test_a_changed_claim_is_printed_in_the_guides_that_cite_it(editor, client):
    guide = GuideFactory()
    stored = Claim.objects.get()
    editor.post(f"{CLAIMS}{stored.pk}/change/", claim())
    assert "Only one leaflet." in client.get(f"/guides/{guide.slug}/").content.decode()
    assert "Much can be done." in client.get("/how-we-know/").content.decode()


def test_a_claim_for_people_of_whom_no_source_speaks_is_refused(editor):
    answer = editor.post(f"{CLAIMS}add/", claim(slug="more", audiences=["menopause"]))
    assert errors(answer) == {"audiences": ["None of its sources speaks of menopause."]}
    assert not Claim.objects.filter(slug="more").exists()


def test_our_own_advice_needs_no_source_and_is_called_so(editor, client):
    editor.post(f"{CLAIMS}add/", claim(slug="own-pace", sources=[], audiences=["everyone"]))
    assert list(Claim.objects.get(slug="own-pace").sources.all()) == []
    assert "Our own advice on use, not medicine." in client.get("/how-we-know/").content.decode()


def source(**fields):
    """What the page of a source sends."""
    return {
        "slug": "leaflet", "organisation": "A hospital", "title": "On the way", "year": "2020",
        "edition": "", "strength": "leaflet", "url": "", "no_link": "", "accessed_on": "",
        "not_accessed": "", "says": "Go slowly.", "audiences": ["birth"], **fields,
    }  # fmt: skip


def test_a_source_says_why_it_has_no_link_and_no_day(editor):
    html = editor.post(f"{SOURCES}add/", source()).content.decode()
    assert "Give the link, or say why there is none." in html
    assert "Give the day it was opened, or say why there is none." in html
    assert not Source.objects.filter(slug="leaflet").exists()

    reasons = {"no_link": "A printed leaflet.", "not_accessed": "The day was not noted."}
    editor.post(f"{SOURCES}add/", source(**reasons))
    assert Source.objects.get(slug="leaflet").no_link == "A printed leaflet."


def test_a_source_is_not_read_on_a_day_to_come(editor):
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    answer = editor.post(f"{SOURCES}add/", source(no_link="None.", accessed_on=tomorrow))
    assert errors(answer)["accessed_on"] == ["This day is still to come."]


def test_a_reviewer_needs_a_day_that_has_come(editor):
    answer = editor.post(f"{GUIDES}add/", form(reviewer="Dr A. Clinician"))
    assert "Give both the reviewer and the date, or neither." in answer.content.decode()

    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    fields = form(reviewer="Dr A. Clinician", reviewed_on=tomorrow, updated_on=tomorrow)
    wrong = errors(editor.post(f"{GUIDES}add/", fields))
    assert wrong["reviewed_on"] == wrong["updated_on"] == ["This day is still to come."]
    assert not Guide.objects.exists()


def test_the_list_says_which_are_due_for_review_and_how_many(editor):
    today = timezone.localdate()
    never = GuideFactory()
    fresh = GuideFactory(reviewer="Dr A. Clinician", reviewed_on=today)
    whole = editor.get(GUIDES)
    assert "Due (1)" in whole.content.decode()
    assert set(whole.context["cl"].result_list) == {never, fresh}
    assert list(editor.get(GUIDES, {"review": "due"}).context["cl"].result_list) == [never]


def test_a_preview_shows_what_was_typed_and_saves_nothing(editor):
    guide = GuideFactory()
    answer = editor.post(
        f"{GUIDES}{guide.pk}/preview/",
        form(title="Unsaved", body_markdown="## Soon\n\n<script>x</script> *Calmly*.[^nhs]"),
    )
    html = answer.content.decode()
    assert ">Unsaved</h1>" in html
    assert '<h2 id="soon">Soon</h2>' in html
    assert "<em>Calmly</em>" in html
    assert "<script>x" not in html
    assert 'href="https://www.nhs.uk/"' in html
    assert answer.headers["Cache-Control"] == "private, no-store"
    guide.refresh_from_db()
    assert guide.title != "Unsaved"


def test_a_preview_of_a_new_guide_says_what_is_missing_and_shows_the_rest(editor):
    html = editor.post(f"{GUIDES}preview/", form(title="")).content.decode()
    assert "<li>Title: This field is required.</li>" in html
    assert "Take your time." in html
    assert not Guide.objects.exists()


@pytest.mark.parametrize("role", [role.name for role in ROLES if role.name not in {
    "Content editor", "Manager",
}])  # fmt: skip
def test_others_preview_and_publish_nothing(role):
    guide = GuideFactory(is_published=False)
    other = personas.in_role(role)
    assert other.post(f"{GUIDES}{guide.pk}/preview/", form()).status_code == 403
    fields = form(product_content_guide_publish="")
    assert other.post(page(guide), fields).status_code == 403
    guide.refresh_from_db()
    assert guide.is_published is False


def test_a_stranger_and_a_customer_see_no_preview(client):
    for who in (client, personas.customer()):
        answer = who.post(f"{GUIDES}preview/", form())
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/staff/login/")


def test_the_search_finds_what_was_saved(editor):
    guide = GuideFactory()
    editor.post(page(guide), form(slug=guide.slug, title="Breathing out"))
    assert [hit.url for hit in search("breathing").guides] == [f"/guides/{guide.slug}/"]
