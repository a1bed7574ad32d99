"""Adding from a page that everybody is sent alike: each press with a script counts."""

import pytest

from tests.browser.journey import SET

pytestmark = pytest.mark.browser


def test_whoever_loads_the_page_again_adds_another_one(restored_shop, browser):
    context = browser.new_context(base_url=restored_shop.url)
    page = context.new_page()
    page.goto("/sets/")
    page.get_by_role("link", name=SET).first.click()
    for number in (1, 2):
        page.get_by_role("button", name="Add to basket").first.click()
        page.get_by_text(f"In your basket: {number}.").wait_for()
        page.reload()
    page.go_back()
    page.go_forward()
    page.get_by_role("button", name="Add to basket").first.click()
    page.get_by_text("In your basket: 3.").wait_for()
    context.close()
