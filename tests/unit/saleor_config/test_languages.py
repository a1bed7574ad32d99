"""Every text that is marked has a Spanish one, and the shop can speak it."""

import ast
import os
import re

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from product_content import languages
from saleor_config import translations
from saleor_config.translations import (
    FOLDERS,
    KEYWORDS,
    find_texts,
    po_files,
    read,
    untranslated,
    updated,
    write,
)

ROOT = settings.BASE_DIR
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%%|\{\w*\}")
ADVICE = "run `make messages` and translate what it lists"


@pytest.fixture(scope="module")
def texts():
    return find_texts()


@pytest.fixture(scope="module", params=["locale", "product_content"])
def path(request):
    """The file of the pages' texts, and that of the goods and guides."""
    return next(each for each in po_files() if request.param in each.relative_to(ROOT).parts[0])


@pytest.fixture(scope="module")
def spanish(path):
    return updated(path)


def forms(message):
    """Return each form of a text with its translation."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return [(message.id[min(number, 1)], form) for number, form in enumerate(message.string)]


def test_every_text_has_a_spanish_one(spanish):
    assert untranslated(spanish) == [], ADVICE


def test_no_translation_is_of_a_text_that_is_gone(path, spanish):
    known = {(message.id, message.context) for message in spanish}
    assert [m.id for m in read(path) if (m.id, m.context) not in known] == [], ADVICE


def test_every_placeholder_of_a_text_is_in_its_translation(spanish):
    for message in filter(lambda each: each.id, spanish):
        for text, translated in forms(message):
            wanted = sorted(PLACEHOLDER.findall(text))
            assert sorted(PLACEHOLDER.findall(translated)) == wanted, text


def test_every_link_and_tag_of_a_text_is_in_its_translation(spanish):
    for message in filter(lambda each: each.id, spanish):
        for text, translated in forms(message):
            wanted = sorted(re.findall(r"</?\w[^<>]*>", text))
            assert sorted(re.findall(r"</?\w[^<>]*>", translated)) == wanted, text


def test_texts_are_found_in_python_and_in_templates(texts):
    assert texts.get("Basket").locations
    assert "storefront/templates/storefront/base.html" in [
        name for name, _line in texts.get("Skip to the content").locations
    ]
    assert texts.get("in", "inches") is not None
    assert texts.get(("%(number)s set", "%(number)s sets")) is not None


def marked_in_f_strings(source):
    """Return the lines of calls such as gettext() that stand inside an f-string."""
    return [
        call.lineno
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in KEYWORDS
    ]


def test_no_text_is_marked_inside_an_f_string():
    """Python 3.11 hides the text from Babel there, Python 3.12 does not."""
    assert marked_in_f_strings("""f"{gettext('Basket')} · {shop}" """) == [1]
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if (lines := marked_in_f_strings(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_text_that_staff_changed_is_not_shown_in_an_outdated_translation():
    with translation.override("es"):
        assert languages.translated_text("Silicone") == "Silicona"
        assert languages.translated_text("Silicone, with latex") == "Silicone, with latex"
        assert languages.translated_text("") == ""
    assert languages.translated_text("Silicone") == "Silicone"


def test_the_shop_speaks_spanish():
    with translation.override("es"):
        assert gettext("Basket") == "Carrito"
        assert ngettext("%(number)s set", "%(number)s sets", 2) == "%(number)s juegos"
    assert gettext("Basket") == "Basket"


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_django_reads(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    po = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    catalog = Catalog(locale="es")
    catalog.add("Basket", "Carrito")
    write(po, catalog)

    translations.compile_stale()
    mo = po.with_suffix(".mo")
    assert b"Carrito" in mo.read_bytes()

    mo.write_bytes(b"fresh")
    os.utime(mo, (po.stat().st_mtime + 1,) * 2)
    translations.compile_stale()
    assert mo.read_bytes() == b"fresh"

    os.utime(mo, (po.stat().st_mtime - 1,) * 2)
    translations.compile_stale()
    assert b"Carrito" in mo.read_bytes()
    assert sorted(path.name for path in po.parent.iterdir()) == ["django.mo", "django.po"]


@pytest.mark.parametrize(
    ("language", "path"),
    [("en", "/basket/"), ("es", "/es/basket/"), ("de", "/basket/"), (None, "/basket/")],
)
def test_an_address_is_put_into_its_language(language, path):
    assert languages.localized("/basket/", language) == path
    assert languages.in_english(path) == "/basket/"


def test_an_address_that_only_begins_like_a_language_is_english():
    assert languages.in_english("/essays/") == "/essays/"


BLOCK = re.compile(
    r"\{% (blocktranslate|comment)\b.*?\{% end\1 %\}|\{[%#{].*?[%#}]\}|"
    r"<(script|style|svg)\b.*?</\2>|<!--.*?-->",
    re.DOTALL,
)
NO_WORDS = re.compile(r"aria-current=\"\w+\"|\b(mm|cm|km|g|x|xml|version|encoding|UTF)\b|&\w+;")


def customers_templates():
    folders = ("storefront", "plugins")
    for folder in folders:
        for path in sorted((settings.BASE_DIR / folder).rglob("templates/**/*")):
            if path.suffix in {".html", ".txt"}:
                yield pytest.param(path, id=path.relative_to(settings.BASE_DIR).as_posix())


@pytest.mark.parametrize("path", customers_templates())
def test_no_template_says_something_that_cannot_be_translated(path):
    said = BLOCK.sub("", path.read_text())
    outside_tags = re.sub(r"<[^<>]*>", " ", said)
    assert re.findall(r"[A-Za-z]{2,}", NO_WORDS.sub("", outside_tags)) == []


@pytest.mark.parametrize("path", customers_templates())
def test_no_template_links_past_the_language_of_its_page(path):
    assert re.findall(r'(?:href|action|hx-get|hx-post)="/[^"]*"', path.read_text()) == []
