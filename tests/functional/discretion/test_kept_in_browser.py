"""What stays in a browser stands on the pages that say so, in both languages."""

import re
from pathlib import Path

import pytest
from django.conf import settings

import storefront
from storefront.responses import QUICK_EXIT_COOKIE, SEARCH_COOKIE

SCRIPTS = Path(storefront.__file__).parent / "static" / "storefront"
KEYS = {"left", "plan", "quiet", "saved"}
LANGUAGES = pytest.mark.parametrize("prefix", ["", "/es"])

pytestmark = pytest.mark.django_db


def page(client, path):
    text = re.sub(r"<[^>]+>", " ", client.get(path).content.decode())
    return " ".join(text.split())


def test_no_script_keeps_anything_under_another_name():
    stored = [
        name
        for script in SCRIPTS.glob("*.js")
        if "Storage.setItem" in (text := script.read_text())
        for name in re.findall(r'^ *const (?:KEY|SAVED|LEFT) = "(\w+)"', text, re.MULTILINE)
    ]
    assert set(stored) == KEYS
    assert sum(file.read_text().count("Storage.setItem") for file in SCRIPTS.glob("*.js")) == 5


@LANGUAGES
def test_privacy_names_all_that_scripts_keep(client, prefix):
    text = page(client, f"{prefix}/privacy/")
    assert {name for name in KEYS if not re.search(rf"[“«]{name}[”»]", text)} == set()


@LANGUAGES
@pytest.mark.parametrize("path", ["/cookies/", "/privacy/"])
def test_the_table_has_every_cookie(client, prefix, path):
    rows = re.findall(r'<th scope="row">(\w+)</th>', client.get(prefix + path).content.decode())
    assert set(rows) >= {
        settings.BASKET_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        settings.ORDERS_COOKIE_NAME,
        settings.SESSION_COOKIE_NAME,
        QUICK_EXIT_COOKIE,
        SEARCH_COOKIE,
    }


@pytest.mark.parametrize(
    ("path", "kept", "never"),
    [
        ("/cookies/", ("Quiet mode", "plan", "save for later"), "size of your screen"),
        ("/es/cookies/", ("modo discreto", "plan", "guardas para más tarde"), "tu pantalla"),
    ],
)
def test_cookies_says_what_else_is_kept_and_nothing_that_is_not(client, path, kept, never):
    text = page(client, path)
    assert [words for words in kept if words not in text] == []
    assert never not in text
