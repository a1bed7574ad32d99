"""Who helps, by country, and the letter that is written in the browser."""

import re
from datetime import date

import pytest

from product_content.helpers import help_overdue, help_problems, list_help, read_help

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)


def test_every_number_has_the_day_on_which_it_was_looked_up():
    assert help_problems(list_help(), today=TODAY) == []
    assert {country.code for country in list_help()} == {
        "gb",
        "ie",
        "us",
        "ca",
        "au",
        "es",
        "mx",
        "ar",
    }


def entry(**fields):
    text = ", ".join(f'{name}: "{value}"' if name != "checked" else f"{name}: {value}"
                     for name, value in fields.items())  # fmt: skip
    return read_help(f"countries:\n  - code: GB\n    entries:\n      - {{kind: crisis, {text}}}")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"phone": "116 123"}, "a number needs the day it was checked"),
        ({"checked": "2026-11-28"}, "a day needs its source"),
        ({"checked": "2026-11-29", "source": "https://x.example/"}, "the day is still to come"),
        ({"url": "http://x.example/"}, "an address begins with https://"),
    ],
)
def test_an_entry_that_nobody_looked_up_is_refused(fields, problem):
    found = help_problems(entry(name="A line", **fields), today=TODAY)
    assert found == [f"help.yaml: GB A line: {problem}"]


def test_an_entry_that_was_looked_up_long_ago_is_named():
    old = entry(name="A line", checked="2025-11-01", source="https://x.example/")
    assert help_overdue(old, today=TODAY) == ["help.yaml: GB A line was last checked on 2025-11-01"]
    assert help_overdue(old, today=date(2026, 10, 1)) == []


@pytest.mark.parametrize("root", ["", "/es"])
def test_each_country_has_a_page_with_its_numbers(client, root):
    start = client.get(f"{root}/help/").content.decode()
    for country in list_help():
        assert f'href="{root}/help/{country.code}/"' in start
        page = client.get(f"{root}/help/{country.code}/").content.decode()
        for each in country.organisations:
            assert f'href="tel:{each.dialled}"' in page or not each.phone
            assert (each.url or each.phone or "Not checked yet") in page or root
    assert client.get(f"{root}/help/zz/").status_code == 404


def test_what_nobody_looked_up_says_so_and_has_no_number(client):
    assert "Not checked yet." in client.get("/help/ie/").content.decode()
    page = client.get("/es/help/es/").content.decode()
    assert "Todavía sin comprobar." in page
    assert "España" in page
    assert "28 de noviembre de 2026" in page


@pytest.mark.parametrize("path", ["/letter/", "/es/letter/"])
def test_the_letter_can_send_nothing(client, path):
    response = client.get(path)
    (form,) = re.findall(r'<form class="letter".*?</form>', response.content.decode(), re.DOTALL)
    assert 'method="dialog"' in form
    assert not re.search(r"\b(action|name|hx-\w+)=", form)
    assert form.count('type="checkbox"') == 19
    assert not response.cookies


def test_search_engines_are_told_of_these_pages(client):
    text = client.get("/sitemap.xml").content.decode()
    for path in ("/help/", "/es/help/mx/", "/letter/"):
        assert f"<loc>http://testserver{path}</loc>" in text


def test_a_guide_and_the_footer_lead_there(client):
    assert 'href="/help/"' in client.get("/guides/").content.decode()
