"""Every kind of e-mail as others see it: one table that Contract and e-mails share."""

import pytest

from plugins.ordering.email_promises import may_send, message_promise
from plugins.ordering.order_messages import CONTRACT_KEY, EMAIL_KINDS, Fact, email_facts, kinds_for
from tests.functional.discretion.words import found, sensitive_words


class _Order:
    pk = 1042

    def __init__(self, contract=None):
        self.metadata = {CONTRACT_KEY: contract} if contract else {}

    def get_customer_email(self):
        return "robin@example.org"


@pytest.mark.parametrize("kind", EMAIL_KINDS)
def test_each_subject_has_the_number_and_a_code_word_replaces_the_shop(kind, settings):
    settings.SHOP_NAME = "Stillwater"
    about = EMAIL_KINDS[kind]
    assert "1042" in about.subject_for("1042")
    assert "Stillwater" in about.subject_for("1042")
    with_word = about.subject_for("1042", "Bluebell")
    assert with_word.startswith("Bluebell: ")
    assert "Stillwater" not in with_word
    texts = [about.subject_for("1042"), with_word, str(about.preheader), str(about.when)]
    assert found(sensitive_words(), [(kind, text) for text in texts]) == []


def test_what_is_sent_depends_on_messages_and_collection():
    everything = kinds_for(messages="neutral", collection=True)
    # Of staff's orders and of gift cards: shown to nobody who orders goods in the shop.
    others = {"pay_by_link", "link_ended", "goes_again", "gift_card_bought"}
    assert set(EMAIL_KINDS) - set(everything) == {"delivered", *others}
    delivered = kinds_for(messages="full", collection=False)
    assert set(EMAIL_KINDS) - set(delivered) == {"ready_to_collect", "collected", *others}
    assert kinds_for(messages="legal", collection=True) == ["order_confirmed", "new_link"]
    card = kinds_for(messages="neutral", collection=False, gift_card=True)
    assert card == [
        "gift_card_bought", "payment_needed", "cancelled", "payment_refunded", "new_link",
    ]  # fmt: skip


LINK, NUMBER = Fact.LINK, Fact.NUMBER
NEUTRAL = {LINK, NUMBER, Fact.DAY, Fact.SENDER, Fact.TRACKING}
FULL = NEUTRAL | {Fact.ADDRESS, Fact.ITEMS}


@pytest.mark.parametrize(
    ("choices", "inside"),
    [
        ({}, NEUTRAL),
        ({"messages": "full"}, FULL),
        ({"messages": "full", "receipt": "none"}, {LINK}),
        ({"messages": "legal"}, NEUTRAL),
        ({"receipt": "none"}, {LINK}),
    ],
)
def test_a_body_holds_the_facts_that_were_chosen(choices, inside):
    facts = email_facts("sent", number="1", email="robin@example.org", choices=choices)
    assert set(facts["inside"]) == inside


@pytest.mark.parametrize("kind", EMAIL_KINDS)
def test_who_wants_a_link_gets_a_link_and_nobody_reads_where_to_wait_unless_in_full(kind):
    link_only = email_facts(kind, number="1", email="", choices={"receipt": "none"})
    assert link_only["inside"] == ["link"]
    for messages in ("neutral", "legal"):
        facts = email_facts(kind, number="1", email="", choices={"messages": messages})
        assert not {"address", "items"} & set(facts["inside"])


@pytest.mark.parametrize(
    ("stored", "inside"),
    [
        ({"items": False, "amounts": False}, {LINK}),
        ({"items": False, "amounts": True}, NEUTRAL),
        ({"items": True, "amounts": True}, FULL),
    ],
)
def test_an_older_contract_holds_no_more_than_it_said(stored, inside):
    contract = {"choices": {"messages": "full"}, "emails": {"sent": stored}}
    assert message_promise(_Order(contract), "sent").inside == inside


def test_the_contract_decides_and_a_newer_kind_follows_its_choices():
    contract = {
        "messages": "neutral",
        "choices": {"messages": "neutral", "code_word": "Bluebell", "message_email": "b@e.org"},
        "emails": {"order_confirmed": {"subject": "As promised", "from": "A <a@e.org>"}},
    }
    old = message_promise(_Order(contract), "order_confirmed")
    assert (old.subject, old.sender, old.recipient) == ("As promised", "A <a@e.org>", "b@e.org")
    newer = message_promise(_Order(contract), "sent")
    assert newer.subject == "Bluebell: order 1042 is on its way"
    assert (newer.inside, newer.recipient) == (NEUTRAL, "b@e.org")


def test_without_a_contract_the_texts_are_the_shops(settings):
    settings.SHOP_NAME = "Stillwater"
    promise = message_promise(_Order(), "sent")
    assert promise.subject == "Your Stillwater order 1042 is on its way"
    assert (promise.recipient, promise.inside) == ("robin@example.org", FULL)


def test_those_who_want_no_messages_get_what_must_be_sent():
    order = _Order({"messages": "legal", "choices": {"messages": "legal"}})
    allowed = {kind for kind in EMAIL_KINDS if may_send(order, kind).allowed}
    assert allowed == {"order_confirmed", "gift_card_bought", "new_link", "pay_by_link"}
    assert may_send(_Order(), "sent") == (True, "")
