"""Buttons that work once and say so, and where the focus goes after an answer."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journey import ADDRESS, SET


def with_a_basket(page):
    """Put a set into the visitor's basket, with or without scripts."""
    page.goto("/sets/starter-set-sizes-1-3/")
    page.get_by_role("button", name="Add to basket").first.click()
    page.get_by_text(re.compile("In your basket|Summary")).first.wait_for()


def test_a_button_says_that_it_works_and_is_pressed_once(restored_shop, new_page):
    page, asked, held = new_page(), [], []
    page.on("request", lambda sent: sent.method == "POST" and asked.append(sent.url))
    page.goto("/sets/")
    # A lambda, for Playwright marks what it is given.
    page.route("**/basket/add/", lambda route: held.append(route))  # noqa: PLW0108
    button = page.locator(".add-small button").first
    button.click()
    expect(button).to_have_text("One moment …")
    expect(button).to_have_attribute("aria-busy", "true")
    button.dispatch_event("click")
    page.wait_for_function("document.querySelector('[aria-busy]') !== null")
    assert len(asked) == 1
    held[0].continue_()
    expect(button).to_contain_text("Add to basket")
    expect(button).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_text("In your basket: 1.")).to_be_visible()


def test_a_form_without_htmx_is_sent_once_too(restored_shop, new_page):
    page, asked = new_page(), []
    page.on("request", lambda sent: sent.method == "POST" and asked.append(sent.url))
    page.goto("/orders/link/")
    page.evaluate("""() => {
        const form = document.querySelector("main form");
        form.requestSubmit();
        form.requestSubmit();
    }""")
    page.wait_for_url("**/orders/link/")
    expect(page).to_have_title("Error: Your order · Stillwater")
    assert len(asked) == 1
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_what_is_done_to_the_basket_is_said_and_keeps_the_focus(restored_shop, new_page):
    page = new_page()
    page.goto("/sets/")
    page.locator(".add-small button").first.click()
    page.get_by_role("link", name="View basket").click()
    page.wait_for_url("**/basket/")  # until its scripts have run: without them a whole page comes
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Update").press("Enter")
    expect(page.locator("#said")).to_have_text(f"{SET}: 2 in your basket.")
    expect(page.get_by_role("button", name="Update")).to_be_focused()

    page.get_by_role("button", name="Remove").press("Enter")
    said = page.locator("[data-said]")
    expect(said).to_contain_text(f"{SET} is no longer in your basket.")
    expect(said).to_be_focused()
    said.get_by_role("button", name="Put it back").click()
    expect(page.get_by_label("Quantity")).to_have_value("2")


def test_the_address_follows_its_country_and_keeps_names_without_a_script(restored_shop, new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/sets/")
    page.locator(".add-small button").first.click()
    page.goto("/checkout/address/")
    page.get_by_label("First name").fill("Hana")
    page.get_by_label("Last name").fill("Sato")
    page.get_by_label("Country").select_option("ES")
    page.get_by_role("button", name="Use country").click()
    asked = page.locator("#address-form .form-grid label").all_inner_texts()
    assert asked[4:7] == ["Postal code", "Town or city", "Province"]
    expect(page.get_by_label("Last name")).to_have_value("Sato")


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_field_of_the_address_sends_it(restored_shop, new_page, scripts):
    page = new_page(java_script_enabled=scripts)
    with_a_basket(page)
    page.goto("/checkout/address/")
    for name, value in ADDRESS.items():
        if name != "country":
            page.locator(f"[name={name}]").fill(value)
    page.get_by_label("Postcode").press("Enter")
    page.wait_for_url("**/checkout/delivery/")


def test_what_became_of_a_button_is_brought_onto_a_small_screen(restored_shop, new_page):
    page = new_page(viewport={"width": 390, "height": 500})
    page.goto("/sets/starter-set-sizes-1-3/")
    button = page.get_by_role("button", name="Add to basket")
    button.evaluate("button => button.scrollIntoView(false)")
    button.click()
    expect(page.get_by_text("In your basket: 1.")).to_be_in_viewport(ratio=1)


def test_a_failed_message_takes_the_focus(restored_shop, new_page):
    page = new_page()
    page.goto("/contact/")
    page.get_by_role("button", name="Send the message").click()
    expect(page).to_have_title("Error: Contact · Stillwater")
    expect(page.get_by_role("alert")).to_be_focused()


def test_the_mistakes_of_a_gift_card_lead_to_their_fields(restored_shop, new_page):
    page = new_page()
    page.goto("/gift-cards/")
    page.get_by_label("By e-mail, to an address that you name").check()
    expect(page.get_by_text("Their e-mail address")).to_have_text("Their e-mail address")
    page.get_by_role("button", name="Look at it once more").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("heading")).to_have_text("Please check 3 fields")
    targets = alert.get_by_role("link").evaluate_all("links => links.map((link) => link.hash)")
    assert targets == ["#id_amount", "#id_recipient", "#id_email"]
    assert [page.locator(target).count() for target in targets] == [1, 1, 1]
