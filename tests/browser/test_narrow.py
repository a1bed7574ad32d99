"""A box holds what is in it on the narrowest screen, and with the text spacing of WCAG 1.4.12."""

import pytest

SET = "/es/sets/starter-set-sizes-1-3/"  # Spanish words are the longer ones
SPACED = "* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
_SPACE = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""
_OUTSIDE = """() => [...document.querySelectorAll(".checkout-summary, .country-row")]
    .flatMap((box) => [...box.querySelectorAll("a, button, input, select")].filter((part) =>
        part.checkVisibility() &&
        part.getBoundingClientRect().right > box.getBoundingClientRect().right))
    .map((part) => part.outerHTML.slice(0, 80))"""
_CUT = """() => { const list = document.querySelector("[name=country]");
    const words = document.createElement("span");
    words.style.font = getComputedStyle(list).font;
    words.textContent = list.selectedOptions[0].textContent;
    document.body.append(words);
    return list.clientWidth < words.getBoundingClientRect().width; }"""


@pytest.mark.parametrize(("width", "css"), [(320, ""), (390, SPACED)])
def test_the_way_to_pay_fits_its_boxes(restored_shop, browser, width, css):
    context = browser.new_context(
        base_url=restored_shop.url, viewport={"width": width, "height": 256}
    )
    page = context.new_page()
    page.goto(SET)
    page.locator("form.add .button").click()
    page.locator(".form-status a").click()
    for path in ("/es/basket/", "/es/checkout/address/"):
        page.goto(path)
        page.evaluate(_SPACE, css)
        assert page.evaluate(_OUTSIDE) == []
    assert not page.evaluate(_CUT)
    context.close()
