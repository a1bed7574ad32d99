"""Serving people: parcels sent again, notes for a next order, what an e-mail said, answers."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from dashboard.models import AccessRecord
from plugins.discreet_shipping.order_contract import contract_of, store_contract
from plugins.discreet_shipping.plugin import current_settings
from plugins.fulfilment.models import NextOrderNote, SentAgain
from plugins.fulfilment.policies import ExchangeRefused
from plugins.fulfilment.sending_again import pieces_to_send_again, send_again
from plugins.order_emails import tasks
from plugins.order_emails.customer_messages import delete_old_messages, store_message
from plugins.order_emails.models import AnswerTemplate, CustomerMessage, EmailState, OutgoingEmail
from plugins.order_emails.outbox import queue_account_email, queue_email
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.order_state import is_paid
from plugins.ordering.pieces import pieces_of
from plugins.ordering.refunds import cancel_order
from plugins.taxes.models import Invoice
from storefront.personal_data import account_data, delete_account
from tests import personas
from tests.factories import UserFactory
from tests.functional.ordering.parallel import at_once
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
ORDERS = "/staff/order/order/"
MESSAGES = "/staff/order_emails/customermessage/"


@pytest.fixture
def support():
    return personas.in_role("Support")


@pytest.fixture
def line():
    """Two sent pieces, of five that were in stock."""
    made = builders.sent_line()
    store_contract(order=made.order, rules=current_settings())
    return made


@pytest.fixture
def actor():
    return UserFactory(is_staff=True)


def page(order, name):
    return f"{ORDERS}{order.pk}/{name}/"


def sent():
    """Send what waits, and return all letters."""
    waiting = OutgoingEmail.objects.filter(state=EmailState.WAITING)
    tasks.send_email(*waiting.values_list("pk", flat=True))
    return mail.outbox


def again(line, actor, pieces=1):
    return send_again(
        order_id=line.order_id, pieces={line.pk: pieces}, reason="lost", note="", actor_id=actor.pk
    )


# --- a parcel sent again --------------------------------------------------------------------


def test_lost_pieces_go_again_without_charge_and_count_once(support, line):
    page_ = support.get(page(line.order, "again")).content.decode()
    assert "2 can be sent again." in page_
    answer = support.post(
        page(line.order, "again"),
        {f"line_{line.pk}": "1", "reason": "lost", "note": "Carrier: no trace"},
        follow=True,
    )
    made = SentAgain.objects.get().replacement
    assert f"Order {made.pk} sends it once more" in answer.content.decode()
    assert (made.total_gross_amount, made.user_email) == (0, "robin@example.org")
    assert is_paid(made)
    assert made.discount_name == "Sent again without charge"
    assert made.shipping_address_id != line.order.shipping_address_id
    assert made.shipping_address.as_data() == line.order.shipping_address.as_data()
    [new] = made.lines.all()
    assert (new.product_sku, new.quantity) == (line.product_sku, 1)
    assert pieces_of(made)[new.pk].reserved == 1
    assert (pieces_of(line.order)[line.pk].sent, pieces_of(line.order)[line.pk].restocked) == (2, 0)
    assert Stock.objects.get().quantity == 3  # two left with the first parcel; it leaves when sent
    assert not Invoice.objects.exists()
    assert contract_of(made)["number"] == str(made.pk)
    assert pieces_to_send_again(line.order) == {line.pk: 1}
    notes = Order.objects.get(pk=line.order_id).events.filter(type="note_added")
    assert "Lost on the way. Carrier: no trace" in notes.last().parameters["message"]


def test_its_customer_is_told_neutrally(line, actor):
    made = again(line, actor)
    letter = sent()[-1]  # the e-mail of the first parcel went before it
    assert letter.subject == f"Your Stillwater order {made.pk} comes once more"
    assert "nothing to pay" in letter.body
    assert line.product_name not in letter.body
    text = personas.link_holder(made).get(f"/orders/{made.token}/").content.decode()
    assert f"did not reach you well of order {line.order_id}" in " ".join(text.split())
    assert "Thank you. Order" not in text


@pytest.mark.parametrize("pieces", [0, 3])
def test_no_more_goes_again_than_is_with_the_customer(line, actor, pieces):
    with pytest.raises(ExchangeRefused):
        again(line, actor, pieces)
    assert Order.objects.count() == 1


def test_what_was_sent_again_does_not_go_a_third_time(line, actor):
    made = again(line, actor, 2)
    with pytest.raises(ExchangeRefused):
        again(line, actor)
    cancel_order(order_id=made.pk, actor_id=actor.pk, reason="Found")
    assert pieces_to_send_again(line.order) == {line.pk: 2}


def test_an_unpaid_order_and_an_empty_shelf_refuse(line, actor):
    Stock.objects.update(quantity=0)
    with pytest.raises(ExchangeRefused):
        again(line, actor)
    assert not SentAgain.objects.exists()
    waiting = builders.order()
    with pytest.raises(ExchangeRefused):
        send_again(order_id=waiting.pk, pieces={1: 1}, reason="lost", note="", actor_id=actor.pk)


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_send_it_again_once(line, actor):
    def try_it():
        try:
            return again(line, actor, 2).pk
        except ExchangeRefused:
            return None

    made = at_once(try_it, try_it)
    assert len([pk for pk in made if pk]) == 1
    assert SentAgain.objects.count() == 1


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
@pytest.mark.parametrize("name", ["again", "next-note"])
def test_others_open_none_of_these_pages(line, role, name):
    assert personas.in_role(role).get(page(line.order, name)).status_code == 403
    assert Client().get(page(line.order, name)).status_code == 302


# --- a note for the next order -----------------------------------------------------------------


def test_a_note_is_shown_with_the_next_order_and_to_staff_alone(support, line):
    support.post(page(line.order, "next-note"), {"text": "Add a spare pouch <b>"})
    assert "spare pouch" not in support.get(page(line.order, "change")).content.decode()
    other = builders.order(user_email="kim@example.org")
    assert "spare pouch" not in support.get(page(other, "change")).content.decode()
    new = builders.order(user_email="ROBIN@example.org", paid=True)
    builders.line(new, line.variant)
    assert "Add a spare pouch &lt;b&gt;" in support.get(page(new, "change")).content.decode()
    packer = personas.in_role("Packer")
    assert "Add a spare pouch" in packer.get(f"/staff/packing/{new.pk}/").content.decode()
    shown = personas.link_holder(new).get(f"/orders/{new.token}/").content.decode()
    assert "spare pouch" not in shown
    note = NextOrderNote.objects.get()
    support.post(page(new, "next-note"), {"text": "", "done": str(note.pk)})
    assert not NextOrderNote.objects.exists()


def test_a_note_goes_with_its_person_and_with_its_time(line):
    user = UserFactory(email="robin@example.org")
    NextOrderNote.objects.create(email="robin@example.org", text="Pouch")
    [known] = account_data(user.pk)["notes_for_the_next_order"]
    assert known["text"] == "Pouch"
    delete_account(user_id=user.pk)
    assert not NextOrderNote.objects.exists()
    NextOrderNote.objects.create(
        email="kim@example.org", text="x", written_at=timezone.now() - timedelta(days=366)
    )
    delete_old_messages()
    assert not NextOrderNote.objects.exists()


# --- what an e-mail said -----------------------------------------------------------------------


def test_what_an_email_said_is_shown_without_its_link_and_logged(support, line):
    row = queue_email(order_id=line.order_id, kind="new_link", dedup_key="x")
    letter = sent()[-1]  # the e-mail of the first parcel went before it
    assert "/orders/open/" in letter.body
    row.refresh_from_db()
    assert "/orders/" not in row.said
    assert row.said == re.sub(r"(http://[^/]+)/\S+", r"\1/…", letter.body)
    before = AccessRecord.objects.filter(kind="email").count()
    text = support.get(f"/staff/order_emails/outgoingemail/{row.pk}/change/").content.decode()
    assert letter.subject in text
    assert "You asked for a new link to your order" in text
    assert "/orders/open/" not in text
    seen = AccessRecord.objects.filter(kind="email", subject_id=line.order_id)
    assert seen.count() == before + 1
    packer = personas.in_role("Packer")
    assert packer.get(f"/staff/order_emails/outgoingemail/{row.pk}/change/").status_code == 403


def test_what_an_email_said_goes_with_the_orders_person(line):
    row = queue_email(order_id=line.order_id, kind="new_link", dedup_key="x")
    sent()
    anonymise_order(order=Order.objects.get(pk=line.order_id))
    row.refresh_from_db()
    assert (row.said, row.outside) == ("", {})


def test_what_is_written_to_accounts_is_not_kept(db):
    user = UserFactory(email="a@example.org")
    row = queue_account_email(
        user_id=user.pk, kind="reset_password", dedup_key="x", path="/account/secret/"
    )
    assert "/account/secret/" in sent()[-1].body
    row.refresh_from_db()
    assert (row.state, row.said, row.path) == (EmailState.SENT, "", "")


# --- messages -----------------------------------------------------------------------------------


@pytest.fixture
def message():
    return CustomerMessage.objects.create(email="kim@example.org", text="When? <i>", language="en")


def test_an_answer_goes_by_email_and_the_message_is_answered(support, message):
    words = AnswerTemplate.objects.create(name="On its way", language="en", text="It is coming.")
    AnswerTemplate.objects.create(name="En camino", language="es", text="Ya llega.")
    shown = support.get(f"{MESSAGES}{message.pk}/answer/").content.decode()
    assert "When? &lt;i&gt;" in shown
    assert ("On its way" in shown, "En camino" in shown) == (True, False)
    filled = support.get(f"{MESSAGES}{message.pk}/answer/", {"words": words.pk}).content.decode()
    assert "It is coming." in filled
    text = "It is coming.\n\nWith {braces} & care"
    answer = support.post(f"{MESSAGES}{message.pk}/answer/", {"text": text}, follow=True)
    assert "The answer is on its way." in answer.content.decode()
    [letter] = sent()
    assert (letter.to, letter.subject) == (["kim@example.org"], "Our answer to you")
    assert "With {braces} & care" in letter.body
    assert "When?" not in letter.body
    message.refresh_from_db()
    assert message.state == "answered"
    assert "It is coming." in support.get(f"{MESSAGES}{message.pk}/change/").content.decode()


def test_an_answer_about_an_order_goes_where_its_messages_go(support, line):
    about = CustomerMessage.objects.create(order=line.order, text="Where is it?")
    support.post(f"{MESSAGES}{about.pk}/answer/", {"text": "Near you."})
    assert sent()[-1].to == ["robin@example.org"]


def test_an_empty_answer_and_nobody_to_answer_send_nothing(support, message, line):
    empty = support.post(f"{MESSAGES}{message.pk}/answer/", {"text": " "}).content.decode()
    assert "This field is required." in empty
    about = CustomerMessage.objects.create(order=line.order, text="?")
    Order.objects.filter(pk=line.order_id).update(user_email="", metadata={})
    text = support.post(f"{MESSAGES}{about.pk}/answer/", {"text": "Hello"}).content.decode()
    assert "Nobody is left to write to" in text
    assert "Hello" in text
    assert sent() == []


def test_the_queue_has_three_states(support, message):
    def shown(state):
        cl = support.get(MESSAGES, {"answered": state}).context["cl"]
        return [row.pk for row in cl.result_list]

    assert (shown("no"), shown("yes"), shown("closed")) == ([message.pk], [], [])
    support.post(MESSAGES, {"action": "close_selected", "_selected_action": [message.pk]})
    assert (shown("no"), shown("yes"), shown("closed")) == ([], [], [message.pk])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is my order {n}?", True), ("about order number: {n}", True), ("#{n} is late", True),
        ("Mi pedido n.º {n}", True), ("I am {n} years old", False), ("call 0{n}", False),
    ],
)  # fmt: skip
def test_a_message_that_names_its_order_is_linked_to_it(line, text, found):
    words = text.format(n=line.order_id)
    store_message(text=words, email="robin@example.org", form_token="one")
    store_message(text=words, email="stranger@example.org", form_token="two")
    linked = dict(CustomerMessage.objects.values_list("email", "order_id"))
    assert linked == {
        "robin@example.org": line.order_id if found else None,
        "stranger@example.org": None,
    }


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_others_answer_nobody(message, role):
    who = personas.in_role(role)
    assert who.post(f"{MESSAGES}{message.pk}/answer/", {"text": "Hello"}).status_code == 403
    assert who.get("/staff/order_emails/answertemplate/").status_code == 403
    assert sent() == []


def test_staff_edit_the_ready_words(support):
    made = {"name": "On its way", "language": "es", "text": "Ya llega."}
    support.post("/staff/order_emails/answertemplate/add/", made)
    assert AnswerTemplate.objects.values("name", "language", "text").get() == made
