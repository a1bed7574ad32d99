"""A stretch of the day of support, on a telephone, and of a manager, in Chromium."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import expect

from dashboard.services.staff import make_roles
from plugins.order_emails.models import OutgoingEmail
from product_content.models import Claim, Source, Strength
from tests import personas
from tests.browsing import CHROMIUM, chromium
from tests.factories import UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
DRAWN = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 300, 150).data].some(Boolean)"


@contextmanager
def opened(address, client, *, width, **context):
    """Yield the first page of whoever the test client is, and the list of what went wrong."""
    wrong = []
    with chromium() as browser:
        seen = browser.new_context(viewport={"width": width, "height": 900}, **context)
        seen.add_cookies([{"name": "sid", "value": client.cookies["sid"].value, "url": address}])
        page = seen.new_page()
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{address}/staff/")
        yield page, wrong


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def order():
    customer = UserFactory(email="cora@example.org")
    placed = builders.order(paid=True, user=customer)
    builders.line(placed, variant_in_stock(9), 2)
    return placed


def test_support_sends_an_e_mail_after_all_and_finds_a_customers_order(live_server, order):
    OutgoingEmail.objects.create(
        about=f"order-{order.pk}", order=order, kind="order_confirmed", dedup_key="paid",
        state="dead", message_id="<dead@example.org>", next_try_at=timezone.now(),
    )  # fmt: skip
    with opened(live_server.url, personas.in_role("Support"), width=390) as (page, wrong):
        page.get_by_role("link", name="Failed e-mails").click()
        page.wait_for_url("**/outgoingemail/?state__exact=dead")
        page.locator("#result_list a[href*='/change/']").first.click()
        expect(page.locator("h1")).to_contain_text("Order received and paid")
        page.goto(page.url.replace("change/", "try-again/").split("?")[0])
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("It is on its way again.")).to_be_visible()
        assert fits(page)

        page.goto(f"{live_server.url}/staff/")
        expect(page.get_by_role("link", name="Failed e-mails")).to_contain_text("0")
        page.get_by_role("button", name="Find a page or an order").click()
        page.locator("#search-input-command").press_sequentially(f"#{order.pk}")
        page.get_by_role("link", name=f"Order #{order.pk}").click()
        page.wait_for_url(f"**/order/{order.pk}/change/")
        assert fits(page)

        page.goto(f"{live_server.url}/staff/dashboard/customer/{order.user_id}/change/")
        page.locator("a[href*='user__id__exact']").click()
        page.wait_for_url(f"**/order/?user__id__exact={order.user_id}")
        expect(page.locator("#result_list")).to_contain_text(str(order))
        assert fits(page)
    assert wrong == []


def test_a_manager_sees_how_sales_go_and_gives_a_colleague_a_role(live_server, order):
    make_roles()
    colleague = UserFactory(email="pia@example.org", is_staff=True)
    with opened(live_server.url, personas.in_role("Manager"), width=1280) as (page, wrong):
        assert page.locator("canvas").count() == 2
        assert all(canvas.evaluate(DRAWN) for canvas in page.locator("canvas").all())
        page.get_by_text("As a table").first.click()
        expect(page.get_by_role("cell", name="£52.50")).to_be_visible()

        page.get_by_role("button", name="Menu").press("Enter")
        expect(page.locator("#nav-sidebar")).to_be_hidden()
        page.get_by_role("button", name="Menu").press("Enter")
        page.locator("#nav-sidebar a[href$='/staffmember/']").click()
        page.wait_for_url("**/staffmember/")
        page.get_by_role("link", name="pia@example.org").click()
        page.get_by_label("Packer").check()
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url("**/staffmember/")
        expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert wrong == []
    assert list(colleague.groups.all()) == [Group.objects.get(name="Packer")]


def test_a_long_choice_does_not_make_a_page_wider_than_a_phone(live_server):
    source = Source.objects.create(
        slug="long", organisation="American College of Obstetricians and Gynecologists",
        title="Committee Opinion 673 on persistent pain", says="It may.",
        no_link="Printed", not_accessed="Printed", strength=Strength.GUIDELINE,
    )  # fmt: skip
    claim = Claim.objects.create(
        slug="pain", says="It may.", limits="Few trials.", review_by=timezone.localdate()
    )
    claim.sources.set([source])
    editor = personas.in_role("Content editor")
    with opened(live_server.url, editor, width=390) as (page, wrong):
        page.goto(f"{live_server.url}/staff/product_content/claim/{claim.pk}/change/")
        expect(page.get_by_title(source.organisation, exact=False)).to_be_visible()
        assert fits(page)
    assert wrong == []


def test_without_scripts_the_page_shows_its_numbers_tables_and_menu(live_server, order):
    manager = personas.in_role("Manager")
    with opened(live_server.url, manager, width=390, java_script_enabled=False) as (page, wrong):
        expect(page.get_by_role("link", name="To pack")).to_contain_text("1")
        expect(page.locator("canvas").first).to_be_hidden()
        page.get_by_text("As a table").first.click()
        expect(page.get_by_role("cell", name="£52.50")).to_be_visible()
        expect(page.locator("#nav-sidebar").get_by_role("link", name="Vouchers")).to_be_visible()
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert wrong == []
