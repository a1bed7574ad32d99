"""What guests save for later: in their browser only, and in the account when they say so."""

import pytest
from playwright.sync_api import expect

from tests.browser.journey import SET
from tests.browser.server import manage

EMAIL, PASSWORD = "sam@example.org", "a long and quiet walk"
CREATE = (
    "from saleor.account.models import User;"
    f"User.objects.create_user({EMAIL!r}, {PASSWORD!r})"
)  # fmt: skip


def kept_in(page):
    return page.evaluate("localStorage.getItem('saved')")


def save_the_set(page):
    page.goto("/sets/starter-set-sizes-1-3/")
    page.get_by_role("button", name="Save for later").first.click()


@pytest.fixture
def guest(new_page):
    """A guest who has saved the smallest set."""
    page = new_page()
    save_the_set(page)
    expect(page.get_by_text("Saved in this browser only")).to_be_visible()
    return page


def test_a_guest_finds_what_was_saved_and_deletes_it(guest):
    guest.goto("/saved/")
    expect(guest.get_by_role("link", name=SET)).to_be_visible()
    guest.get_by_role("button", name=f"Remove {SET}").click()
    expect(guest.get_by_text("Nothing is saved here.")).to_be_visible()
    assert kept_in(guest) is None


def test_quiet_mode_keeps_and_shows_nothing_until_asked(new_page):
    page = new_page()
    page.goto("/")
    page.locator("[data-quiet]").first.click()
    save_the_set(page)
    expect(page.get_by_text("Quiet mode is on, so nothing was kept.")).to_be_visible()
    assert kept_in(page) is None
    page.get_by_role("button", name="Keep it in this browser").click()
    assert kept_in(page) is not None
    page.goto("/saved/")
    expect(page.get_by_role("link", name=SET)).to_be_hidden()
    page.get_by_role("button", name="Show the list").click()
    expect(page.get_by_role("link", name=SET)).to_be_visible()


def test_after_a_log_in_the_browsers_list_moves_into_the_account(restored_shop, guest):
    manage(restored_shop, "shell", "--command", CREATE)
    guest.goto("/account/login/")
    guest.get_by_label("E-mail").fill(EMAIL)
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Log in").click()
    guest.wait_for_url("**/account/")
    guest.goto("/saved/")
    expect(guest.get_by_text("Nothing is saved here.")).to_be_visible()
    guest.get_by_role("button", name="Move it to the account").click()
    expect(guest.get_by_role("link", name=SET)).to_be_visible()
    expect(guest.get_by_role("button", name="Move it to the account")).to_be_hidden()
    assert kept_in(guest) is None
