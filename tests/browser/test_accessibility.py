"""axe-core finds nothing to complain about, in light and dark, on narrow and wide screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.addresses import one_of_each

WIDTHS = {390: 844, 1280: 900}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_any_public_page(live_shop, new_page, width, scheme):
    page = new_page(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)
    found = {}
    for path in one_of_each(live_shop):
        page.goto(path)
        results = Axe().run(page)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_public_page_is_wider_than_its_screen(live_shop, new_page, width):
    """320 px is 1280 px at 400 %; 640 px is 1280 px at 200 %."""
    page = new_page(viewport={"width": width, "height": 800})
    too_wide = {}
    for path in one_of_each(live_shop):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            too_wide[path] = wide
    assert too_wide == {}


def test_everything_to_click_is_big_enough(live_shop, new_page):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, except for links inside a sentence."""
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    small = {}
    for path in one_of_each(live_shop):
        page.goto(path)
        if names := page.evaluate(_TOO_SMALL):
            small[path] = names
    assert small == {}


_TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((part) => part.checkVisibility() && !part.closest("p, li, dd, td, .quiet, .skip"))
    .filter((part) => { const box = (part.closest("label") ?? part).getBoundingClientRect();
                        return box.width < 24 || box.height < 24; })
    .map((part) => part.outerHTML.slice(0, 120))"""


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(page):
    page.goto("/sets/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    active = "document.activeElement"
    assert page.evaluate(f"{active}.closest('main') !== null")
    assert page.evaluate(f"getComputedStyle({active}).outlineStyle") == "solid"
