"""Pictures wait in quiet mode, and a guide prints as a leaflet does."""

from playwright.sync_api import expect

WHOLE_CHROMIUM = True


def test_quiet_mode_shows_no_product_until_it_is_asked_to(page):
    page.goto("/care/carry-pouch/")
    shown = page.get_by_role("img", name="Carry pouch on linen")
    ask = page.get_by_role("button", name="Show pictures").first
    expect(shown).to_be_visible()
    expect(ask).to_be_hidden()

    page.get_by_role("button", name="Quiet mode").click()
    expect(shown).to_be_hidden()
    page.reload()
    expect(shown).to_be_hidden()
    ask.click()
    expect(shown).to_be_visible()
    page.goto("/care/")
    expect(page.get_by_role("img", name="Carry pouch on linen")).to_be_hidden()


def test_lists_in_quiet_mode_do_not_even_fetch_pictures(page):
    page.goto("/privacy/")  # a page without pictures, which could still be under way
    page.get_by_role("button", name="Quiet mode").click()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/basket/count/"):
        page.goto("/sets/")
    page.mouse.wheel(0, 4000)
    assert [url for url in asked if "/pictures/" in url] == []


def test_paper_has_the_guide_with_the_addresses_of_its_links_and_no_shop(page):
    page.goto("/guides/first-session/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Step by step")).to_be_visible()
    expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    expect(page.locator("figure.diagram").first).to_be_visible()
    for gone in (
        page.get_by_role("navigation", name="Main"),
        page.get_by_role("heading", name="If you want something for this"),
        page.get_by_role("heading", name="Read next"),
        page.get_by_role("heading", name="On this page"),
        page.get_by_role("contentinfo"),
    ):
        expect(gone).to_be_hidden()
    written = page.evaluate(
        "getComputedStyle(document.querySelector('.prose a[href^=\"/guides/\"]'), '::after').content"
    )
    assert written == '" (/guides/ask-your-team-first/)"'
    expect(page.get_by_text("This page: http")).to_be_visible()
