"""Before buying: anybody sends themselves a sample and prints a label; nothing is kept."""

import pytest
from django.core import mail
from django.core.cache import cache
from pypdfium2 import PdfDocument
from redis.exceptions import ConnectionError as RedisGone

from plugins.order_emails import previews
from plugins.order_emails.models import OutgoingEmail
from storefront.limits import MAX_REQUESTS
from tests.functional.discretion.life import ADDRESS
from tests.functional.discretion.words import found, sensitive_words
from tests.personas import anonymous

pytestmark = pytest.mark.django_db
OWN = {"headers": {"Sec-Fetch-Site": "same-origin"}}


def send(client=None, email="robin@example.org", **extra):
    return (client or anonymous(**OWN)).post("/rehearsal/send/", {"email": email, **extra})


def test_one_sample_goes_to_the_address_and_looks_as_a_real_one():
    answer = send()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rehearsal/?sent=yes")
    (message,) = mail.outbox
    assert message.to == ["robin@example.org"]
    assert message.subject == "Your Stillwater order 1042"
    assert "Plain box" not in message.body, "the usual e-mail names no goods"
    html = message.alternatives[0][0]
    outside = [("subject", message.subject), ("text", message.body), ("HTML", html)]
    assert found(sensitive_words(), outside) == []
    assert "A sample is on its way" in anonymous().get("/rehearsal/?sent=yes").content.decode()


def test_nothing_of_it_is_kept(caplog):
    answer = send()
    assert not OutgoingEmail.objects.exists()
    assert "robin" not in caplog.text
    assert "robin" not in str(getattr(cache, "_cache", {}))
    assert not answer.cookies
    page = anonymous().get("/rehearsal/")
    assert "no-store" in page.headers["Cache-Control"]
    assert not page.cookies
    assert "robin" not in page.content.decode()


def test_an_address_gets_one_in_an_hour_and_a_visitor_few():
    assert send().status_code == 303
    assert send().status_code == 429
    assert send(email="ROBIN@example.org").status_code == 429
    assert len(mail.outbox) == 1
    for number in range(MAX_REQUESTS):
        last = send(email=f"robin{number}@example.org")
    assert last.status_code == 429
    assert len(mail.outbox) < MAX_REQUESTS


def test_without_the_cache_that_counts_or_a_mail_server_nothing_is_sent(monkeypatch):
    def gone(*_args, **_kwargs):
        raise RedisGone

    with monkeypatch.context() as patch:
        patch.setattr(cache, "add", gone)
        assert send().status_code == 503
    with monkeypatch.context() as patch:
        patch.setattr(previews, "smtp_is_paused", lambda: True)
        answer = send()
    assert answer.status_code == 503
    assert "We cannot send e-mails just now." in answer.content.decode()
    assert mail.outbox == []


def test_no_address_and_no_other_site_sends_anything():
    assert send(email="nonsense").status_code == 422
    assert send(anonymous(headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert mail.outbox == []


def test_a_label_can_be_printed_before_anything_is_bought():
    answer = anonymous().get("/rehearsal/label/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="label.pdf"'
    document = PdfDocument(answer.content)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "Robin Marsh" in text
    assert found(sensitive_words(), [("label", text)]) == []


def test_the_label_of_the_basket_can_be_printed_before_paying(shop):
    client = anonymous(**OWN)
    assert client.get("/checkout/seen/label/").headers["Location"] == "/basket/"
    client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
    client.post("/checkout/address/", ADDRESS)
    client.post("/checkout/delivery/", {"method": shop.courier.pk})
    answer = client.get("/checkout/seen/label/")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert "/checkout/seen/label/" in client.get("/checkout/seen/").content.decode()
