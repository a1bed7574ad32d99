"""The chart at true scale: on a matched screen, and on paper."""

from playwright.sync_api import expect

PIXELS_PER_MM = 96 / 25.4  # what CSS says; right on paper, by chance on a screen
DIAMETERS = [13, 16, 20, 23, 26, 29, 32, 35, 38]


def _widths(page, selector):
    return page.locator(selector).evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().width)"
    )


def test_matching_the_card_sizes_every_drawing_and_stores_nothing(page):
    page.goto("/sizes/")
    page.get_by_label("Width of the outline").fill("5")
    assert _widths(page, ".true-scale .disc") == [mm * 5 for mm in DIAMETERS]
    assert _widths(page, ".card-wide svg") == [428]
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length") == 0


def test_on_a_phone_the_card_stands_upright_and_fits(new_page):
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/sizes/")
    page.get_by_label("Width of the outline").fill("6.1")  # a usual phone
    (width,) = _widths(page, ".card-upright svg")
    assert abs(width - 53.98 * 6.1) < 0.1
    assert width < 350
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_print_is_one_to_one_whatever_the_slider_says(page):
    page.goto("/sizes/")
    page.get_by_label("Width of the outline").fill("5")
    page.emulate_media(media="print")
    printed = _widths(page, ".paper-chart .disc")
    assert [round(width / PIXELS_PER_MM, 1) for width in printed] == DIAMETERS
    (ruler,) = _widths(page, ".paper-chart .ruler")
    assert round(ruler / PIXELS_PER_MM, 1) == 150
    expect(page.locator(".on-screen")).to_be_hidden()


def test_without_a_script_there_is_a_table_and_no_promise(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/sizes/")
    expect(page.get_by_text("Without JavaScript this page cannot match")).to_be_visible()
    expect(page.get_by_label("Width of the outline")).to_be_hidden()
    row = page.locator("#size-3")
    expect(row.get_by_role("link", name="Smooth single")).to_be_visible()
    row.get_by_role("link", name="sets with size 3").click()
    expect(page.get_by_role("heading", name="Sets with size 3")).to_be_visible()
