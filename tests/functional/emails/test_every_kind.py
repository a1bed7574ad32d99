"""What holds for every kind of e-mail, also for one that is added later."""

import pytest

from plugins.order_emails.kinds.base import KINDS, TEXT_FIELDS, Audience
from plugins.order_emails.previews import preview
from plugins.order_emails.texts import names_in
from plugins.ordering.order_messages import EMAIL_KINDS
from tests.functional.discretion.words import found, sensitive_words


def sample(kind):
    """Return the kind as it is rendered with its sample values."""
    return preview(kind, "en", kind.texts)[0]


every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_kinds_for_customers_are_those_that_the_contract_promises():
    customers = {name for name, kind in KINDS.items() if kind.audience is Audience.CUSTOMER}
    assert customers == set(EMAIL_KINDS)


@every_kind
def test_text_and_html_say_the_same(kind):
    rendered = sample(kind)
    values = kind.sample()
    for name in names_in(str(kind.texts.opening)):
        assert str(values[name]) in " ".join(rendered.text.split())
        assert str(values[name]) in rendered.html
    if values["url"] and kind.texts.button:
        assert values["url"] in rendered.text
        assert f'href="{values["url"]}"' in rendered.html


@every_kind
def test_texts_name_only_what_there_is(kind):
    for field in TEXT_FIELDS:
        assert set(names_in(str(getattr(kind.texts, field)))) <= set(kind.placeholders)


@every_kind
def test_subject_is_one_short_line_and_the_texts_are_kind_to_mail_programs(kind):
    rendered = sample(kind)
    assert rendered.subject
    assert "\n" not in rendered.subject
    assert len(rendered.subject) <= 70
    assert "{" not in rendered.subject + rendered.text
    for forbidden in ("<img", "url(", "<link", "<script", "javascript:"):
        assert forbidden not in rendered.html
    assert "prefers-color-scheme: dark" in rendered.html
    assert 'style="' in rendered.html


@every_kind
def test_nothing_in_a_neutral_email_tells_what_the_shop_sells(kind):
    rendered = sample(kind)
    places = [("subject", rendered.subject), ("text", rendered.text), ("html", rendered.html)]
    assert found(sensitive_words(), places) == []
