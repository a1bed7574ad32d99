"""What a browser writes into its history, read from the database of a fresh profile."""

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.journey import ADDRESS
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


OWN_NAMES = {  # what stands in the history beside the Contract's list, as its next section says
    "": "Starter set, sizes 1–3 · vaginal dilator set · Stillwater",
    "/es": "Juego inicial, tamaños 1–3 · juego de dilatadores vaginales",
}


def buy_as_far_as_the_preview(profile, shop, *, quiet):
    """Search, save and buy a set with one mistake; return what the page before paying says."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=QUIET
        )
        page = browser.pages[0]
        page.goto(f"{shop}/")
        if quiet:
            page.locator("[data-quiet]").click()
        page.locator(".nav-search").click()
        page.locator("#q").fill(WORD)
        page.locator("#q").press("Enter")
        page.locator("#found .hit").first.wait_for()
        page.goto(f"{shop}/sets/starter-set-sizes-1-3/")
        page.locator("form[action$='/saved/add/'] button").first.click()
        page.locator("[data-save-anyway]" if quiet else "[data-kept]").first.click()
        page.locator("form[action$='/basket/add/'] button").first.click()
        page.locator(".basket-link .count").first.wait_for()
        page.goto(f"{shop}/basket/")
        page.goto(f"{shop}/checkout/address/")
        page.locator("main form button.button").last.click()
        page.locator("[role=alert]").first.wait_for()
        for name, value in ADDRESS.items():
            if name != "country":
                page.locator(f"[name={name}]").fill(value)
        page.locator("main form button.button").last.click()
        page.wait_for_url("**/checkout/delivery/")
        page.locator("main form button.button").last.click()
        page.wait_for_url("**/checkout/seen/")
        section = page.locator("section[aria-labelledby=in-browser]")
        section.locator("summary").click()
        listed, note = section.locator("li").all_inner_texts(), section.locator("p").inner_text()
        keys = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        browser.close()
    return listed, note, set(keys)


@pytest.mark.parametrize("quiet", [False, True], ids=["", "quiet"])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_page_before_paying_says_all_that_the_history_will_hold(
    restored_shop, tmp_path, prefix, quiet
):
    shop = f"{restored_shop.url}{prefix}"
    listed, note, keys = buy_as_far_as_the_preview(tmp_path, shop, quiet=quiet)
    titles = {title for _url, title in history(tmp_path)}
    assert "Stillwater" in note
    assert "“Error:”" in note or "«Error:»" in note
    if quiet:
        assert titles == {"Stillwater"}
    else:
        named = {title.removeprefix("Error: ") for title in titles}
        assert named - {OWN_NAMES[prefix]} <= set(listed)
        assert any(title.startswith("Error: ") for title in titles)
    assert keys == ({"quiet", "saved"} if quiet else {"saved"})
