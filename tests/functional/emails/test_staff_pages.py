"""Staff see every e-mail, send one again, and write its words without breaking it."""

from itertools import product

import pytest
from django.core import mail

from plugins.order_emails.kinds.base import KINDS
from plugins.order_emails.models import EmailState, EmailText, OutgoingEmail
from plugins.order_emails.outbox import queue_account_email, queue_email
from tests import personas
from tests.factories import UserFactory
from tests.functional.emails.orders import bodies, paid

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/staff/order_emails/outgoingemail/"
TEXTS = "/staff/order_emails/emailtext/"
DELIVERED = f"{TEXTS}delivered/en/"
WORDS = {
    "expected_version": 0,
    "heading": "Order {number} is there",
    "opening": "We hear that it came.\n\nWe hope all is well.",
    "button": "Look",
    "closing": "",
    "do": "save",
}


def save(client, **changes):
    return client.post(DELIVERED, WORDS | changes)


def page_of(answer):
    return " ".join(answer.content.decode().split())


def sent_about(order):
    mail.outbox.clear()
    queue_email(order_id=order.pk, kind="delivered", dedup_key="1")
    return mail.outbox[0]


def test_given_up_email_is_tried_again_by_hand_and_never_by_a_link():
    order = paid()
    OutgoingEmail.objects.update(state=EmailState.DEAD, attempts=16, last_error="SMTPDataError")
    mail.outbox.clear()
    row = OutgoingEmail.objects.get()
    support = personas.in_role("Support")
    assert "Given up" in page_of(support.get(LIST))
    assert "SMTPDataError" in page_of(support.get(f"{LIST}{row.pk}/change/"))
    assert support.get(f"{LIST}{row.pk}/try-again/").status_code == 200
    assert mail.outbox == []
    support.post(f"{LIST}{row.pk}/try-again/")
    row.refresh_from_db()
    assert (row.state, row.attempts) == (EmailState.SENT, 1)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [row.message_id]
    assert str(order.pk) in mail.outbox[0].subject


def test_sent_email_is_sent_once_more_as_one_of_its_own():
    paid()
    first = OutgoingEmail.objects.get()
    support = personas.in_role("Support")
    for _ in range(2):
        support.post(f"{LIST}{first.pk}/send-again/")
    rows = list(OutgoingEmail.objects.order_by("pk"))
    assert [row.dedup_key for row in rows] == ["paid", "paid+1", "paid+2"]
    assert len({row.message_id for row in rows}) == 3
    assert len(mail.outbox) == 3


def test_link_of_one_person_is_not_sent_again():
    queue_account_email(
        user_id=UserFactory().pk, kind="reset_password", dedup_key="1", path="/account/x/"
    )
    row = OutgoingEmail.objects.get()
    answer = personas.in_role("Support").post(f"{LIST}{row.pk}/send-again/", follow=True)
    assert "They can ask for a new one themselves" in page_of(answer)
    assert len(mail.outbox) == 1


def test_order_page_says_what_was_sent_and_leads_to_sending_it_again():
    order = paid()
    row = OutgoingEmail.objects.get()
    page = page_of(personas.in_role("Manager").get(f"/staff/order/order/{order.pk}/change/"))
    assert "Order received and paid" in page
    assert f'href="{LIST}{row.pk}/change/"' in page


def test_every_kind_has_a_page_with_its_preview():
    manager = personas.in_role("Manager")
    for kind, language in product(KINDS, ["en", "es"]):
        page = page_of(manager.get(f"{TEXTS}{kind}/{language}/"))
        assert page.count('sandbox=""') == page.count('srcdoc="') == 2, kind
        assert "Subject:</span>" in page


def test_preview_shows_a_real_order():
    order = paid()
    manager = personas.in_role("Manager")
    page = page_of(manager.get(f"{TEXTS}order_confirmed/en/?order={order.pk}"))
    assert f"Preview with order {order.pk}" in page
    assert "£3.50" in page
    assert "4 Mill Lane" not in page, "this order's customer was promised that it is not"
    assert "There is no order 999" in page_of(manager.get(f"{TEXTS}delivered/en/?order=999"))
    page = page_of(manager.get(f"{TEXTS}payment_refunded/en/?order={order.pk}"))
    assert f"has not happened to order {order.pk}" in page


def test_own_words_are_used_and_put_back():
    order, manager = paid(), personas.in_role("Manager")
    assert save(manager).status_code == 302
    message = sent_about(order)
    assert message.subject == f"Your Stillwater order {order.pk} has arrived"
    for body in bodies(message):
        assert f"Order {order.pk} is there" in body
        assert "We hope all is well." in body
    page = page_of(manager.get(DELIVERED))
    assert "Version 1" in page
    assert save(manager, do="reset", expected_version=1).status_code == 302
    OutgoingEmail.objects.filter(kind="delivered").delete()
    assert all("handed over" in body for body in bodies(sent_about(order)))
    assert list(EmailText.objects.values_list("version", "is_default")) == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heading": "It is there"}, "{number} (the order&#x27;s number) must stand somewhere"),
        ({"opening": "Dear {name}"}, "{name} is not known in this e-mail. Known are: {number}."),
        ({"opening": "Dear {number"}, "A brace is not closed."),
        ({"opening": "{number.__class__}"}, "only a name may stand in braces"),
        ({"opening": "{number!r:>99}"}, "only a name may stand in braces"),
        ({"heading": "Your dilator set {number}"}, "tells what the shop sells: dilator"),
        ({"heading": "Order {number}\nBcc: x@example.org"}, "This must be one line."),
        ({"opening": " "}, "Please write something here."),
        ({"heading": "{number}" + "x" * 200}, "Use at most 120 characters."),
    ],
)
def test_words_that_cannot_be_sent_are_refused_and_kept_on_the_page(changes, message):
    answer = save(personas.in_role("Manager"), closing="What I typed.", **changes)
    assert answer.status_code == 422
    assert message in page_of(answer)
    assert "What I typed." in page_of(answer)
    assert EmailText.objects.count() == 0


def test_words_run_nothing():
    manager, order = personas.in_role("Manager"), paid()
    assert save(manager, opening="{% now 'Y' %}").status_code == 422
    save(manager, opening="{{ settings.SECRET_KEY }} <script>x</script>")
    text, html = bodies(sent_about(order))
    assert "{ settings.SECRET_KEY } <script>x</script>" in text
    assert "{ settings.SECRET_KEY } &lt;script&gt;x&lt;/script&gt;" in html


def test_second_person_is_told_and_overwrites_nothing():
    manager = personas.in_role("Manager")
    save(manager)
    answer = save(manager, heading="Mine {number}")
    assert answer.status_code == 422
    assert "Somebody else saved a version meanwhile" in page_of(answer)
    assert EmailText.objects.get().heading == "Order {number} is there"


def test_stored_words_that_broke_are_passed_over_and_flagged():
    order = paid()
    EmailText.objects.create(
        kind="delivered", language="en", version=1, heading="{gone}", opening="x", button="y"
    )
    assert all("handed over" in body for body in bodies(sent_about(order)))
    page = page_of(personas.in_role("Manager").get(TEXTS))
    assert "Broken, the default is sent: {gone} is not known here." in page


def test_test_goes_to_oneself_and_nothing_is_saved():
    manager = personas.in_role("Manager")
    answer = save(manager, do="test")
    assert answer.status_code == 200
    (message,) = mail.outbox
    assert message.subject == "Test: Your Stillwater order 1042 has arrived"
    assert all("Order 1042 is there" in body for body in bodies(message))
    assert EmailText.objects.count() == 0


def test_who_may_not_write_words_may_not_look_at_them_either():
    for who in (personas.in_role("Support"), personas.in_role("Content editor")):
        assert who.get(DELIVERED).status_code == 403
        assert save(who).status_code == 403
    assert EmailText.objects.count() == 0
