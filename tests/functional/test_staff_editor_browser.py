"""A content editor's day in Chromium: a guide and a photo, from the form to the shop."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect
from saleor.account.models import User

from dashboard.services.staff import make_roles
from tests.browsing import CHROMIUM
from tests.factories import ClaimFactory
from tests.functional.test_staff_browser import PASSWORD, signed_in
from tests.functional.test_staff_photos import picture, shown_set

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

TEXTS = {
    "body_markdown": "## Warmth first\n\nA warm bath can help.[^nhs]",
    "when_to_stop": "Sharp pain",
    "summary": "How to make room.",
    "audience": "Anyone who begins.",
    "author": "Stillwater",
}


@pytest.fixture
def product(settings, tmp_path):
    """A set that customers see, and an editor."""
    settings.MEDIA_ROOT = tmp_path
    make_roles()
    ClaimFactory()
    editor = User.objects.create_user("owner@example.org", PASSWORD, is_staff=True)
    editor.groups.add(Group.objects.get(name="Content editor"))
    return shown_set()


def fits(page):
    """Say whether the page is no wider than a phone and a desk's screen."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            return False
    return True


def write_guide(page, address):
    page.goto(f"{address}/staff/product_content/guide/add/")
    page.get_by_label("Title").fill("A calm evening")
    page.keyboard.press("Tab")
    expect(page.locator("#id_slug")).to_have_value("a-calm-evening")
    page.locator("#id_topic").select_option("using")
    page.locator("#id_readers").select_option("vaginismus")
    for name, text in TEXTS.items():
        page.locator(f"#id_{name}").fill(text)


def link_product(page, name):
    links = page.locator("#product_links-group")
    links.get_by_text("Add another").click()
    links.locator(".select2-selection:visible").click()
    page.locator(".select2-search__field").last.fill(name)
    page.locator(".select2-results__option", has_text=name).click()
    page.locator("#id_product_links-0-stage").select_option("before")
    page.locator("#id_product_links-0-reason").fill("It starts small.")


def test_a_guide_is_written_previewed_linked_and_published(live_server, product):
    with signed_in(live_server.url, 390) as (page, wrong):
        write_guide(page, live_server.url)
        with page.expect_popup() as opened:
            page.get_by_role("button", name="Preview").click()
        preview = opened.value
        expect(preview.get_by_role("heading", name="Warmth first")).to_be_visible()
        assert fits(preview)
        preview.close()

        expect(page.locator("#id_body_markdown")).to_have_value(TEXTS["body_markdown"])
        page.get_by_role("button", name="Save and continue editing").click()
        page.wait_for_url("**/change/**")
        link_product(page, product.name)
        assert fits(page)
        page.get_by_role("button", name="Save and publish").click()
        expect(page.get_by_text("is shown to customers")).to_be_visible()

        page.goto(f"{live_server.url}/guides/a-calm-evening/")
        expect(page.get_by_role("link", name=product.name)).to_be_visible()
    assert wrong == []


def test_a_photo_is_refused_with_a_reason_then_taken_and_shown(live_server, product, tmp_path):
    (tmp_path / "page.jpg").write_text("<script>alert(1)</script>")
    (tmp_path / "photo.jpg").write_bytes(picture().read())
    with signed_in(live_server.url, 1280) as (page, wrong):
        page.goto(f"{live_server.url}/staff/product/product/{product.pk}/change/#images")
        photos = page.locator("#images-group")
        photos.get_by_text("Add another").click()
        photos.get_by_label("What it shows").first.fill("A row of five")
        photos.locator("input[type=file]").first.set_input_files(tmp_path / "page.jpg")
        page.get_by_role("button", name="Save and continue editing").click()
        expect(photos.get_by_text("This is not a JPEG, PNG or WebP picture")).to_be_visible()
        expect(photos.get_by_label("What it shows").first).to_have_value("A row of five")
        assert fits(page)

        photos.locator("input[type=file]").first.set_input_files(tmp_path / "photo.jpg")
        page.get_by_role("button", name="Save and continue editing").click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()

        page.goto(f"{live_server.url}/sets/{product.slug}/")
        shown = page.get_by_role("img", name="A row of five")
        expect(shown).to_be_visible()
        assert shown.evaluate("image => image.currentSrc").endswith(".webp")
        assert shown.evaluate("image => image.naturalWidth") > 0
        assert fits(page)
    assert wrong == []
