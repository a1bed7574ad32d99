"""What customers do at Stripe, in Chromium; the sandbox sends its webhooks by itself."""

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from playwright.sync_api import expect
from saleor.account.models import User
from saleor.order.models import Order

from local_services.processes import wait_until
from storefront.responses import write_basket_token
from tests.browsing import CHROMIUM, chromium
from tests.functional.ordering.reading import pieces_held
from tests.functional.stripe.sandbox import ASKS_3DS, CARD, DECLINED, Sandbox, let_browsers_follow
from tests.staff import signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def telling_sandbox(tmp_path_factory, live_server):
    webhook = f"{live_server.url}/stripe/webhook/"
    sandbox = Sandbox(tmp_path_factory.mktemp("telling"), webhook, "--retry-base", "0.2")
    sandbox.start()
    yield sandbox
    sandbox.kill()


@pytest.fixture
def own_sandbox(telling_sandbox):
    """A sandbox that sends its webhooks; what a test has caused is told before the next begins."""
    yield telling_sandbox
    assert wait_until(lambda: has_told_all(telling_sandbox), 20)


def has_told_all(sandbox):
    return all(row["state"] == "done" for row in sandbox.read("deliveries"))


@pytest.fixture
def shop(sandbox, own_sandbox, live_server, settings):
    """The shop with Stripe; browsers may follow its redirects to the sandbox."""
    settings.PUBLIC_URL, settings.STRIPE_API_BASE = live_server.url, own_sandbox.url
    let_browsers_follow(settings, own_sandbox.url)
    return live_server.url


@pytest.fixture(scope="module")
def open_chromium():
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser
        connection.close()  # beside that loop Django keeps another one than the teardown closes


@pytest.fixture
def browser(open_chromium, shop, checkout):
    """A browser context that holds the basket. Scripts are off: nothing here needs them."""
    answer, name = HttpResponse(), django_settings.BASKET_COOKIE_NAME
    write_basket_token(answer, checkout.pk)
    context = open_chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": name, "value": answer.cookies[name].value, "url": shop}])
    context.set_default_timeout(20_000)
    yield context
    context.close()


def to_stripe(browser, shop):
    page = browser.new_page()
    page.goto(f"{shop}/checkout/review/")
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/c/pay/**")
    return page


def pay(page, number=CARD):
    page.get_by_label("Card number").fill(number)
    page.locator("button[value=card]").click()


def expect_paid(page, order):
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Thank you. Order {order.pk} is yours."
    )


def order_and_mail(client, shop, variant):
    """Return the one order; it is paid for customers, in the inbox and for staff."""
    order = Order.objects.get()
    assert wait_until(lambda: order.is_fully_paid() and len(mail.outbox) == 1, 20)
    assert mail.outbox[0].to == ["robin@example.org"]
    signed_in(User.objects.create_superuser("owner@example.org", "long-and-quiet-water"), client)
    assert "Paid" in client.get(f"/staff/order/order/{order.pk}/change/").content.decode()
    assert pieces_held(variant) == 2
    return order


def test_paid(browser, shop, client, variant):
    page = to_stripe(browser, shop)
    expect(page.get_by_role("heading", level=1)).to_have_text("101.50 GBP")
    pay(page)
    page.wait_for_url("**/orders/**")
    expect_paid(page, order_and_mail(client, shop, variant))


def test_declined_then_paid(browser, shop, client, variant):
    page = to_stripe(browser, shop)
    pay(page, DECLINED)
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    pay(page)
    page.wait_for_url("**/orders/**")
    expect_paid(page, order_and_mail(client, shop, variant))


def test_3d_secure_failed_then_passed(browser, shop, client, variant):
    page = to_stripe(browser, shop)
    pay(page, ASKS_3DS)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_role("alert")).to_contain_text("unable to authenticate")
    pay(page, ASKS_3DS)
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url("**/orders/**")
    expect_paid(page, order_and_mail(client, shop, variant))


def test_went_back_then_paid(browser, shop, client, variant):
    page = to_stripe(browser, shop)
    asked_for = page.url
    page.get_by_role("link", name="Back to the shop").click()
    page.wait_for_url("**/basket/")
    expect(page.locator("#basket")).to_contain_text("98.00")
    page.close()
    page = to_stripe(browser, shop)
    assert page.url == asked_for
    pay(page)
    page.wait_for_url("**/orders/**")
    expect_paid(page, order_and_mail(client, shop, variant))


def test_tab_closed_right_after_paying(browser, shop, client, variant, own_sandbox):
    page = to_stripe(browser, shop)
    own_sandbox.pay(page.url.rpartition("/")[2])
    page.close()
    order = Order.objects.get()
    assert wait_until(order.is_fully_paid, 20)
    order_and_mail(client, shop, variant)


def test_double_click(browser, shop, client, variant, own_sandbox):
    before = own_sandbox.ledger
    page = browser.new_page()
    page.goto(f"{shop}/checkout/review/")
    page.get_by_role("button", name="Pay").dblclick()
    page.wait_for_url("**/c/pay/**")
    pay(page)
    page.wait_for_url("**/orders/**")
    expect_paid(page, order_and_mail(client, shop, variant))
    assert len(own_sandbox.ledger["payments"]) == len(before["payments"]) + 1


def test_two_tabs(browser, shop, client, variant, own_sandbox):
    before = own_sandbox.ledger
    first, second = to_stripe(browser, shop), to_stripe(browser, shop)
    assert first.url == second.url
    pay(first)
    first.wait_for_url("**/orders/**")
    pay(second)
    second.wait_for_url("**/orders/**")
    order = order_and_mail(client, shop, variant)
    expect_paid(first, order)
    expect_paid(second, order)
    assert own_sandbox.ledger["captured"] == before["captured"] + 10150
