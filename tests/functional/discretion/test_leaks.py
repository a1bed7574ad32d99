"""No word of what was bought is found in anything that others can see, and the search works."""

import logging
from dataclasses import replace
from itertools import product

import pytest

from plugins.order_emails.kinds.base import KINDS, Audience
from plugins.order_emails.messages import Envelope, render
from plugins.ordering.order_messages import EMAIL_KINDS
from tests.functional.discretion.life import Observed, after, buy, tomorrow
from tests.functional.discretion.words import found, sensitive_words

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


@pytest.mark.parametrize(
    ("template", "text", "place"),
    [
        ("order_emails/order_confirmed/subject.txt", "Your dilator order", "e-mail"),
        ("order_emails/order_confirmed/body.txt", "For your pelvic floor", "e-mail text"),
        (
            "storefront/discretion/preview.html",
            "<title>Vaginismus</title>",
            "title of /checkout/seen/",
        ),
    ],
)
def test_one_planted_word_is_found(
    observed, sandbox, caplog, settings, tmp_path, template, text, place
):
    file = tmp_path / template
    file.parent.mkdir(parents=True)
    file.write_text(text)
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    assert place in {where for where, _word in live(observed, sandbox, caplog, USUAL)}


def test_one_planted_word_in_any_text_of_any_email_is_found(monkeypatch):
    for (name, kind), field in product(KINDS.items(), ("heading", "opening", "button", "closing")):
        planted = replace(kind, texts=replace(kind.texts, **{field: "A pelvic word"}))
        mail = render(planted, planted.sample(), Envelope("", ()))
        assert found(sensitive_words(), [("text", mail.text)]) == [("text", "pelvic")], name
        assert found(sensitive_words(), [("HTML", mail.html)]) == [("HTML", "pelvic")], name


def test_one_planted_word_in_a_promised_subject_is_found_in_every_email_of_that_kind(
    observed, sandbox, caplog, monkeypatch
):
    planted = replace(EMAIL_KINDS["sent"], subject="Your {shop} dilators {number} are on their way")
    monkeypatch.setitem(EMAIL_KINDS, "sent", planted)
    assert ("sent e-mail", "dilators") in live(observed, sandbox, caplog, USUAL)


def test_words_are_those_of_the_catalogue_and_the_guides():
    words = sensitive_words()
    assert {"dilator", "vaginismus", "magnetic", "pelvic", "essential"} <= words
    assert not {"order", "parcel", "stillwater"} & words
