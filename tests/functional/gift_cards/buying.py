"""What the tests of sold gift cards do and read."""

import re

from django.core import mail
from saleor.giftcard.models import GiftCard
from saleor.order.models import Order

from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_recording import record_payment

OWN = {"Sec-Fetch-Site": "same-origin"}
FORM = {"amount": "50.00", "kind": "email", "recipient": "sam@example.org",
        "email": "robin@example.org"}  # fmt: skip
SHOWN = re.compile(r'name="shown"\s+value="([^"]+)"')


def text(response):
    return response.content.decode()


def title(response):
    return " ".join(text(response).split("<title>")[1].split("</title>")[0].split())


def check(client, **fields):
    return client.post("/gift-cards/", FORM | fields)


def order_it(client, **fields):
    """Return the order of a card, placed and not paid."""
    shown = SHOWN.search(text(check(client, **fields)))[1]
    response = client.post("/gift-cards/pay/", {"shown": shown})
    assert response.status_code == 303
    assert response["Location"].startswith("https://pay.test/")
    return Order.objects.latest("pk")


def paid(client, **fields):
    order = order_it(client, **fields)
    session = PaymentSession.objects.get(order=order)
    record_payment(
        provider="fake", reference=session.reference, amount=order.total.gross,
        raw_id=f"ch_{order.pk}",
    )  # fmt: skip
    return Order.objects.get(pk=order.pk)


def messages_to(address):
    return [message for message in mail.outbox if message.to == [address]]


def link_in(message):
    return re.search(r"http://testserver(/gift-cards/open/\S+)", message.body)[1]


def card_of(order):
    return GiftCard.objects.get(sale__order=order)
