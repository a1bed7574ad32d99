"""The letter to bring along: written, printed and cleared without a request."""

import pytest

pytestmark = pytest.mark.browser


def test_a_letter_is_written_and_cleared_and_nothing_is_sent(page):
    page.goto("/letter/")
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda request: sent.append(request.url))

    page.get_by_label("To", exact=True).fill("Dr Example")
    page.get_by_label("Sex with penetration").check()
    page.get_by_label("Since when, and what makes it better or worse").fill("Since March")
    page.get_by_label("To", exact=True).press("Enter")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print the letter").click()
    assert page.evaluate("window.printed")
    assert page.get_by_label("To", exact=True).input_value() == "Dr Example"

    page.get_by_role("button", name="Clear everything").click()
    assert page.get_by_label("To", exact=True).input_value() == ""
    assert not page.get_by_label("Sex with penetration").is_checked()
    assert sent == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_paper_has_the_letter_and_no_furniture(page):
    page.goto("/letter/")
    page.emulate_media(media="print")
    assert page.get_by_label("To", exact=True).is_visible()
    for hidden in ("Print the letter", "Clear everything"):
        assert not page.get_by_role("button", name=hidden).is_visible()
    assert not page.get_by_role("heading", name="A letter to bring along").is_visible()
