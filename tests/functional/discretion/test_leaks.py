"""No word of what was bought is found in anything that others can see, and the search works."""

import logging
from dataclasses import replace
from itertools import product

import pytest
from django.utils import translation
from saleor.product.models import Product

from plugins.order_emails.kinds.base import KINDS, Audience
from plugins.order_emails.messages import Envelope, render
from plugins.order_emails.texts import SENSITIVE_WORDS, sensitive_terms
from plugins.ordering.order_messages import EMAIL_KINDS
from product_content.languages import translated_text
from tests.functional.discretion.life import Observed, after, buy, tomorrow
from tests.functional.discretion.words import BODY, SPANISH, found, sensitive_words

pytestmark = pytest.mark.django_db(transaction=True)
USUAL = {"label_name": "own", "handover": "any", "day": "any", "slip": "none", "receipt": "email",
         "messages": "neutral", "point": "home"}  # fmt: skip
MUCH = USUAL | {"slip": "codes", "return_label": "on", "code_word": "Bluebell",
                "day": "not_before", "not_before": tomorrow(6)}  # fmt: skip


@pytest.fixture
def observed(catalogue, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    return Observed(monkeypatch)


def live(observed, sandbox, caplog, choices, country="GB"):
    client, order, _promised = buy(observed, sandbox, choices, country=country)
    after(observed, sandbox, client, order)
    observed.add("log", caplog.text)
    places = {place for place, _ in observed.seen}
    wanted = {"Celery", "Stripe", "e-mail", "cookies", "statement", "customs", "label a6", "log",
              "title of /checkout/seen/", "address"}  # fmt: skip
    assert wanted <= places
    for name, kind in KINDS.items():
        assert f"{name} sample" in places
        assert f"{name} e-mail text" in places or kind.audience is not Audience.CUSTOMER
    return found(sensitive_words(), observed.seen)


@pytest.mark.parametrize("choices", [USUAL, MUCH], ids=["usual", "much"])
def test_nothing_tells_what_was_bought(observed, sandbox, caplog, choices):
    assert live(observed, sandbox, caplog, choices) == []


PLANTED = {
    "order_emails/order_confirmed/subject.txt": "Your dilator order",
    "order_emails/order_confirmed/body.txt": "For your pelvic floor",
    "storefront/discretion/preview.html": "<title>Vaginismus</title>",
}
SENT = "Your {shop} dilators {number} are on their way"


@pytest.fixture(scope="module")
def planted_life():
    """Keep what was found in the one life with planted words, which takes seconds."""
    return []


@pytest.fixture
def found_planted(request, planted_life):
    """Return what is found when some texts of different places hold a word each."""
    if not planted_life:
        request.getfixturevalue("plant")
        fixtures = map(request.getfixturevalue, ("observed", "sandbox", "caplog"))
        planted_life.extend(live(*fixtures, USUAL))
    return planted_life


@pytest.fixture
def plant(settings, tmp_path, monkeypatch):
    for template, text in PLANTED.items():
        file = tmp_path / template
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    monkeypatch.setitem(EMAIL_KINDS, "sent", replace(EMAIL_KINDS["sent"], subject=SENT))


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("e-mail", "dilator"),
        ("e-mail text", "pelvic"),
        ("title of /checkout/seen/", "vaginismus"),
    ],
)
def test_one_planted_word_is_found(found_planted, place, word):
    assert (place, word) in found_planted


def test_one_planted_word_in_any_text_of_any_email_is_found(monkeypatch):
    for (name, kind), field in product(KINDS.items(), ("heading", "opening", "button", "closing")):
        planted = replace(kind, texts=replace(kind.texts, **{field: "A pelvic word"}))
        mail = render(planted, planted.sample(), Envelope("", ()))
        assert found(sensitive_words(), [("text", mail.text)]) == [("text", "pelvic")], name
        assert found(sensitive_words(), [("HTML", mail.html)]) == [("HTML", "pelvic")], name


def test_one_planted_word_in_a_promised_subject_is_found_in_every_email_of_that_kind(found_planted):
    assert ("sent e-mail", "dilators") in found_planted


def test_words_are_those_of_the_catalogue_and_the_guides():
    words = sensitive_words()
    assert {"dilator", "vaginismus", "magnetic", "pelvic", "essential"} <= words
    assert not {"order", "parcel", "stillwater"} & words


def test_the_shop_itself_refuses_these_words_in_every_language_of_its_own(catalogue, settings):
    languages = {code for code, _name in settings.LANGUAGES}
    assert [row for row in SENSITIVE_WORDS if set(row) != languages or not all(row.values())] == []
    refused = sensitive_terms()
    assert (BODY | SPANISH) - {"suelo"} <= refused  # on its own it is any floor
    for name in Product.objects.values_list("name", flat=True):
        for language in languages:
            with translation.override(language):
                assert translated_text(name).lower() in refused


def test_every_condition_and_thing_is_in_the_list_in_both_languages():
    english = {word for row in SENSITIVE_WORDS for word in row["en"].split()}
    spanish = {word for row in SENSITIVE_WORDS for word in row["es"].split()}
    assert english >= BODY
    assert spanish >= SPANISH - {"suelo"}
