"""What a browser writes into its history, read from the database of a fresh profile."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import sync_playwright

from tests.browsing import CHROMIUM, QUIET

WORD = "vaginismus"
# As the Contract lists them for pages that have no name of a product or guide.
TITLES = {
    "/": "Stillwater",
    "/search/": "Search · Stillwater",
    "/finder/": "Find a size to start with · Stillwater",
    "/sets/compare/": "Compare sets · Stillwater",
    "/sizes/": "Size chart at true scale · Stillwater",
    "/plan/": "Stillwater",
    "/basket/": "Basket · Stillwater",
}


def walk(profile, url, *, script=True):
    """Open the pages of TITLES and search for a word; return what the search page shows after."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=QUIET, java_script_enabled=script
        )
        page = browser.pages[0]
        for path in TITLES:
            page.goto(f"{url}{path}")
        page.goto(f"{url}/search/")
        page.locator("#q").fill(WORD)
        page.locator("#q").press("Enter")
        page.locator("#found .hit").first.wait_for()
        page.goto(f"{url}/basket/")
        page.go_back()
        shown = page.locator("#q").input_value(), page.locator("#found .hit").count()
        browser.close()
    return shown


def history(profile):
    """Return every (address, title) of the profile's history."""
    with closing(sqlite3.connect(f"file:{profile}/Default/History?mode=ro", uri=True)) as database:
        return database.execute("SELECT url, title FROM urls").fetchall()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without"])
def test_the_history_holds_the_titles_of_the_contract_and_no_word(live_shop, tmp_path, script):
    typed, hits = walk(tmp_path, live_shop.url, script=script)
    assert (typed, hits > 0) == (WORD, True), "Back shows what was found"
    seen = [(url.removeprefix(live_shop.url), title) for url, title in history(tmp_path)]
    assert set(seen) == set(TITLES.items())
    stores = [
        tmp_path / "Default" / name for name in ("Local Storage", "Session Storage", "Network")
    ]
    files = [file for store in stores for file in store.rglob("*") if file.is_file()]
    assert [file.name for file in files if WORD.encode() in file.read_bytes()] == []
