"""axe-core finds nothing to complain about, in light and dark, on narrow and wide screens."""

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults

from tests.browser.addresses import one_of_each

HEIGHTS = {390: 844, 1280: 900}  # of the screens that axe looks at, by their widths
SCHEMES = ("light", "dark")
WIDTHS = (256, 320, 640, 390, 1280)  # axe looks on the last two, without going back


@dataclass
class Looks:
    """How one page looks: on each screen, and in which colours."""

    wide: dict[int, int] = field(default_factory=dict)  # by the width of the screen
    small: list[str] = field(default_factory=list)
    complaints: dict[tuple[int, str], str] = field(default_factory=dict)  # by width and scheme


@pytest.fixture(scope="module")
def looks(live_shop, browser):
    """Open each kind of page once, and look at it on every screen."""
    context = browser.new_context(base_url=live_shop.url, has_touch=True)
    context.add_init_script(Axe().axe_script)
    page = context.new_page()
    seen, known = {}, set()
    for path in one_of_each(live_shop):
        page.goto(path)
        seen[path] = _look_at(page, known)
        known |= {*page.evaluate(_FRAMES)}
    context.close()
    return seen


def _look_at(page, known):
    looks = Looks()
    page.emulate_media(color_scheme="light")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        looks.wide[width] = page.evaluate("document.documentElement.scrollWidth")
        if width == 390:
            looks.small = page.evaluate(_TOO_SMALL)
            page.evaluate(_LEAVE_OUT, [part in known for part in page.evaluate(_FRAMES)])
        for scheme, run_axe in RUNS.get(width, {}).items():
            _run_axe(page, looks, width, scheme, run_axe)
    return looks


def _run_axe(page, looks, width, scheme, run_axe):
    page.emulate_media(color_scheme=scheme)
    page.evaluate(_COLOURS_HAVE_SETTLED)
    found = AxeResults({"violations": page.evaluate(run_axe)})
    if found.violations_count:
        looks.complaints[width, scheme] = found.generate_report()


# Colours fade into those of the other scheme: axe must see where they end.
_COLOURS_HAVE_SETTLED = "document.getAnimations().forEach((fading) => fading.finish())"
_FRAMES = """[...document.querySelectorAll("body > header, body > footer")]
    .map((part) => part.outerHTML)"""
# A header or footer that is just as on an earlier page is left out.
_LEAVE_OUT = """(known) => {
    window.exclude = [...document.querySelectorAll("body > header, body > footer")]
        .filter((_part, at) => known[at]);
}"""
# Text of the same classes in the same colours is looked at once: half of axe's time goes into colours.
_DISTINCT = """() => {
    const look = (part) => {
        const { color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight } =
            getComputedStyle(part);
        return [part.localName, part.getAttribute("class"), color, backgroundColor,
                backgroundImage, opacity, fontSize, fontWeight].join();
    };
    const looks = (part) => part === document.body ? "" : looks(part.parentElement) + look(part);
    const hasText = (part) => part.matches("input, select, textarea") || [...part.childNodes].some(
        (child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    const texts = [...document.body.querySelectorAll("*")]
        .filter((part) => hasText(part) && part.checkVisibility())
        .filter((part) => !exclude.some((known) => known.contains(part)));
    return [...new Map(texts.map((part) => [looks(part), part])).values()];
}"""
_OF_COLOURS = '{ resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"] }'
# The other scheme has the same markup: only rules that look at colours can find something new.
_COLOURS = f"""async () =>
    (await axe.run({{ include: ({_DISTINCT})() }}, {_OF_COLOURS})).violations"""
# Every rule, once a page; and it is noted what this screen does not show.
_EVERYTHING = f"""async () => {{
    window.unseen = [...document.body.querySelectorAll("*")].filter((one) => !one.checkVisibility());
    const off = {{ enabled: false }};
    const rest = {{ "color-contrast": off, "link-in-text-block": off }};
    const found = await axe.run({{ exclude }}, {{ resultTypes: ["violations"], rules: rest }});
    return [...found.violations, ...await ({_COLOURS})()];
}}"""
# The wide screen has the same markup in the same colours: new is what the narrow one did not show.
_NEWLY_SHOWN = """async () => {
    const shown = window.unseen.filter((part) => part.checkVisibility())
        .filter((part) => !exclude.some((known) => known.contains(part)));
    window.include = shown.filter((part) => !shown.includes(part.parentElement));
    if (!include.length) return [];
    return (await axe.run({ include }, { resultTypes: ["violations"] })).violations;
}"""
_COLOURS_OF_THOSE = f"""async () =>
    include.length ? (await axe.run({{ include }}, {_OF_COLOURS})).violations : []"""
RUNS = {  # by width and scheme, in the order in which the least has to change
    390: {"light": _EVERYTHING, "dark": _COLOURS},
    1280: {"dark": _NEWLY_SHOWN, "light": _COLOURS_OF_THOSE},
}
_TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((part) => part.checkVisibility() && !part.closest("p, li, dd, td, .quiet, .skip"))
    .filter((part) => { const box = (part.closest("label") ?? part).getBoundingClientRect();
                        return box.width < 24 || box.height < 24; })
    .map((part) => part.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", HEIGHTS)
def test_axe_finds_nothing_on_any_public_page(looks, width, scheme):
    found = {path: one.complaints.get((width, scheme)) for path, one in looks.items()}
    assert {path: report for path, report in found.items() if report} == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_public_page_is_wider_than_its_screen(looks, width):
    """320 px is 1280 px at 400 %, 640 px at 200 %; watches and split screens have 256."""
    wide = {path: one.wide[width] for path, one in looks.items()}
    assert {path: pixels for path, pixels in wide.items() if pixels > width} == {}


def test_everything_to_click_is_big_enough(looks):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, except for links inside a sentence."""
    assert {path: one.small for path, one in looks.items() if one.small} == {}


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(page):
    page.goto("/sets/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    active = "document.activeElement"
    assert page.evaluate(f"{active}.closest('main') !== null")
    assert page.evaluate(f"getComputedStyle({active}).outlineStyle") == "solid"
