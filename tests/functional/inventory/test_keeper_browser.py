"""A day of the inventory keeper in Chromium, on a phone; each page is looked at on a screen too."""

import os
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect
from saleor.account.models import User
from saleor.warehouse.models import Stock

from dashboard.services.staff import make_roles
from plugins.inventory.ledger import check_ledger
from tests.browsing import CHROMIUM
from tests.functional.test_staff_browser import PASSWORD, signed_in
from tests.unit.dashboard import builders

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def keeper():
    make_roles()
    person = User.objects.create_user("owner@example.org", PASSWORD, is_staff=True)
    person.groups.add(Group.objects.get(name="Inventory keeper"))
    return person


class Day:
    """The pages of one keeper, each looked at as it comes."""

    def __init__(self, page, address):
        self.page, self.stock = page, f"{address}/staff/dashboard/stockitem/"

    def open(self, name=""):
        self.page.goto(f"{self.stock}{name}")
        self.look(name.strip("/") or "table")

    def look(self, name):
        """Nothing is too wide on a screen or a phone; keep pictures for whoever wants to look."""
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert not self.page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
            if folder := os.environ.get("SCREENSHOTS"):
                self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    def field(self, label):
        """Return the field of exactly this label; a star behind it says that it is needed."""
        return self.page.get_by_label(re.compile(rf"^\W*{re.escape(label)}\W*$"))

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def post(self, name, check="Check"):
        """Press the first button, look at what would change, and post it."""
        self.press(check)
        expect(self.page.locator("#document")).to_be_visible()
        self.look(f"{name}-checked")
        self.press("Post")
        self.page.wait_for_url(self.stock)

    def scan(self, name, lines, **fields):
        """Fill a document as a scanner does, a code and Enter at a time, and post it."""
        self.open(f"{name}/")
        for label, value in {"Where": "Main", **fields}.items():
            field = self.field(label)
            field.select_option(label=value) if label in ("Where", "To") else field.fill(value)
        self.page.get_by_label("Scan").focus()
        for line in lines:
            self.page.keyboard.type(line)
            self.page.keyboard.press("Enter")
        self.post(name)

    def kits(self, variant, number):
        self.open("kits/")
        self.page.get_by_label("Where").select_option(label="Main")
        self.field("Set").select_option(value=str(variant.pk))
        self.page.get_by_label("How many").fill(str(number))
        self.press("Check")

    def set_in_table(self, sku, quantity):
        row = self.page.locator("#result_list tr", has_text=sku)
        row.locator("input[name$='-quantity']:visible").fill(str(quantity))
        self.press("Save")

    def take_file(self, text):
        self.open("import/")
        file = {"name": "stock.csv", "mimeType": "text/csv", "buffer": text.encode()}
        self.page.locator("input[type=file]").set_input_files(file)
        self.press("Submit")


def filter_by_keyboard(page):
    """Open the filters, which takes one to the first of them, and close them, without a mouse."""
    panel = page.locator("#changelist-filter")
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("a:focus")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def on_hand():
    rows = Stock.objects.filter(warehouse__slug="main")
    return dict(rows.values_list("product_variant__sku", "quantity"))


def test_a_day_of_the_keeper(live_server, keeper, kit):
    builders.line(builders.order(paid=True), kit[1][0], 2)
    with signed_in(live_server.url, 390) as (page, wrong):
        day = Day(page, live_server.url)
        day.scan("receive", ["ONE-1", "ONE-1", "ONE-2 4"],
                 **{"Delivery note or supplier's number": "17"})  # fmt: skip
        day.scan("count", ["ONE-2 8"])
        day.scan("aside", ["ONE-2"], **{"What is wrong with them": "Dented box"})

        day.kits(kit[0], 9)
        expect(page.locator("#document")).to_be_visible()
        day.press("Post")
        expect(page.get_by_text("ONE-1: Only 5 are free")).to_be_visible()
        day.look("kits-refused")
        page.get_by_label("How many").fill("2")
        day.post("kits", check="Check again")

        day.set_in_table("SET-12", 3)
        expect(page.get_by_text("Say below why it changes.")).to_be_visible()
        day.look("table-refused")
        page.get_by_label("Why do quantities change?").select_option("counted")
        day.press("Save")
        expect(page.get_by_text("was changed successfully")).to_be_visible()

        filter_by_keyboard(page)

        head = "sku,warehouse,on_hand,reorder_point\n"
        day.take_file(f"{head}ONE-1,main,lots,2\n")
        expect(page.get_by_text("Row 1, on_hand: “lots” is not a whole number.")).to_be_visible()
        day.look("import-refused")
        day.take_file(f"{head}ONE-1,main,6,2\n")
        expect(page.get_by_text("1 of 1 lines change something")).to_be_visible()
        day.look("import-shown")
        day.press("Confirm import")
        expect(page.get_by_text("Lines that changed: 1; as before: 0.")).to_be_visible()

        page.goto(f"{live_server.url}/staff/inventory/stockentry/")
        day.look("ledger")
        expect(page.get_by_text("+1 (5 → 6)")).to_be_visible()
    # A page that refuses says 422, which Chromium writes into its console.
    assert [said for said in wrong if "422" not in said] == []
    assert on_hand() == {"ONE-1": 6, "ONE-2": 5, "SET-12": 3}
    assert check_ledger().differences == ()
