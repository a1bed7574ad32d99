"""A customer asks on the order's page for another size, gets it, and pays what it costs more."""

from uuid import UUID

import pytest
from django.core import mail
from django.utils import timezone
from prices import Money
from saleor.order.models import Order
from saleor.warehouse.models import Stock

from plugins.fulfilment.models import Return
from plugins.fulfilment.replacements import agree_exchange
from plugins.fulfilment.returns import record_return
from plugins.ordering.ending import release_unpaid_orders
from plugins.ordering.models import PaymentSession
from plugins.ordering.payment_recording import record_payment
from plugins.ordering.totals import CodeDiscount
from storefront.receipts import get_receipt
from tests.factories import VariantFactory
from tests.functional.discretion.words import found, sensitive_words
from tests.functional.emails.orders import bodies
from tests.functional.orders.returning import both_sent, path, read, sent
from tests.personas import link_holder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(buy, clerk):
    return both_sent(buy(), clerk)


def exchange_of(order, clerk, price="49.00", difference="0.00", words="nothing to pay"):
    """Ask on the page for another size of one piece, have it looked at and agreed."""
    known = order.lines.get()
    other = VariantFactory(
        product=known.variant.product, name="Size 2", price_override_amount=price
    )
    Stock.objects.create(
        warehouse=Stock.objects.get().warehouse, product_variant=other, quantity=5
    )  # fmt: skip
    client = link_holder(order)
    assert f"Size 2, £{price}: {words}" in read(client, path(order))
    chosen = f"{other.pk}:{difference}"
    fields = sent(order, **{f"size_{known.pk}": chosen, "reason": "other_size"})
    assert client.post(path(order), fields).status_code == 303
    assert "in exchange for Size 2" in read(client, path(order))
    record_return(
        order_id=order.pk, pieces={known.pk: 1}, sealed=True, sound=True, actor_id=clerk.pk
    )
    return agree_exchange(return_id=Return.objects.get().pk, actor_id=clerk.pk)


def test_another_size_comes_by_an_order_that_the_same_link_opens(order, clerk):
    replacement = exchange_of(order, clerk)
    client = link_holder(order)
    page = read(client, f"/orders/{order.token}/")
    assert f"Order {replacement.pk} brings you the other size" in page
    assert client.get(f"/orders/{replacement.token}/").status_code == 403
    opened = client.get(path(order, "1/replacement/"), follow=True)
    shown = " ".join(opened.content.decode().split())
    assert opened.redirect_chain[-1][0] == f"/orders/{replacement.token}/"
    for words in (
        f"This order replaces what you sent back of order {order.pk}.",
        "You pay nothing for it.",
        "For what you sent back",
        "We pack it in a plain parcel",
        "£0.00",
        "−£49.00",
    ):
        assert words in shown
    for absent in ("Thank you. Order", "A confirmation is on its way", "Cancel this order"):
        assert absent not in shown


def test_a_replacement_is_not_cancelled_by_a_button_that_would_keep_the_money(order, clerk):
    replacement = exchange_of(order, clerk)
    client = link_holder(replacement)
    for answer in (
        client.get(f"/orders/{replacement.token}/cancel/"),
        client.post(f"/orders/{replacement.token}/cancel/"),
    ):
        assert answer.status_code == 409
        assert "This order replaces something that you sent back." in answer.content.decode()
    replacement.refresh_from_db()
    assert replacement.status == "unfulfilled"


DEARER = {"price": "60.00", "difference": "11.00", "words": "you pay £11.00 more"}


def test_a_dearer_size_is_paid_on_the_page_that_the_same_link_opens(order, clerk):
    replacement = exchange_of(order, clerk, **DEARER)
    client = link_holder(order)
    page = read(client, f"/orders/{order.token}/")
    number = replacement.pk
    assert f"Pay the difference of £11.00: then order {number} brings you the other size" in page
    opened = client.get(path(order, "1/replacement/"), follow=True)
    shown = " ".join(opened.content.decode().split())
    for words in ("Waiting for payment", "Pay £11.00 now", "£60.00", "−£49.00",
                  "You pay the difference, and nothing for the delivery."):  # fmt: skip
        assert words in shown
    paid = client.post(f"/orders/{replacement.token}/pay/")
    assert paid.status_code == 303
    session = PaymentSession.objects.get(order=replacement)
    assert (paid.headers["Location"], session.amount_value) == (session.url, 11)
    record_payment(
        provider="fake", reference=session.reference, amount=session.amount, raw_id="ch_more"
    )
    page = read(client, f"/orders/{order.token}/")
    assert f"Order {number} brings you the other size" in page
    assert get_receipt(UUID(replacement.token)).order.totals.discounts == (
        CodeDiscount("", "For what you sent back", Money("49.00", "GBP")),
    )
    confirmation = mail.outbox[-1]
    assert confirmation.subject == f"Your Stillwater order {number}"
    for body in bodies(confirmation):
        for sum_ in ("£60.00", "For what you sent back", "£49.00", "£11.00"):
            assert sum_ in body


def test_whoever_wants_the_money_back_says_so_on_that_page(order, clerk):
    replacement = exchange_of(order, clerk, **DEARER)
    client = link_holder(replacement)
    address = f"/orders/{replacement.token}/cancel/"
    assert f'{address}">I want my money back instead' in read(
        client, f"/orders/{replacement.token}/"
    )
    assert f"what you paid for what you sent back of order {order.pk}." in read(client, address)
    assert client.post(address).status_code == 303
    replacement.refresh_from_db()
    assert replacement.status == "canceled"
    page = read(client, f"/orders/{replacement.token}/")
    assert "You get back what you paid for what you sent back" in page
    assert "Go to the basket" not in page
    page = read(link_holder(order), f"/orders/{order.token}/")
    assert "which was to bring you the other size, has ended" in page


def test_a_size_whose_price_changed_since_the_page_is_chosen_anew(order):
    known = order.lines.get()
    other = VariantFactory(product=known.variant.product, price_override_amount="60.00")
    Stock.objects.create(
        warehouse=Stock.objects.get().warehouse, product_variant=other, quantity=5
    )  # fmt: skip
    fields = sent(order, **{f"size_{known.pk}": f"{other.pk}:1.00"})
    answer = link_holder(order).post(path(order), fields)
    assert answer.status_code == 422
    assert "Please choose again: its price has changed." in answer.content.decode()
    assert not Return.objects.exists()


@pytest.mark.parametrize(
    ("more", "language", "words"),
    [
        ({}, "en", "You have nothing to pay for it."),
        (DEARER, "en", "There is a difference to pay: please do so on its page."),
        ({}, "es", "No tienes que pagar nada"),
        (DEARER, "es", "Hay que pagar una diferencia"),
    ],
)
def test_a_neutral_email_says_that_the_exchange_is_agreed(order, clerk, more, language, words):
    Order.objects.update(language_code=language)
    replacement = exchange_of(order, clerk, **more)
    message = mail.outbox[-1]
    assert message.to == ["robin@example.org"]
    assert str(replacement.pk) in message.subject
    assert found(sensitive_words(), [("subject", message.subject)]) == []
    for body in bodies(message):
        assert words in body
        assert "http://testserver" in body
        assert "£" not in body
        assert found(sensitive_words(), [("body", body)]) == []


def test_a_difference_that_was_not_paid_is_told_in_words_of_its_own(order, clerk):
    replacement = exchange_of(order, clerk, **DEARER)
    PaymentSession.objects.filter(order=replacement).update(expires_at=timezone.now())
    release_unpaid_orders()
    message = mail.outbox[-1]
    assert message.subject == f"Your Stillwater order {replacement.pk}: your exchange has ended"
    for body in bodies(message):
        assert "You get back what you paid for what you sent back." in body
        assert "basket" not in body
        assert found(sensitive_words(), [("body", body)]) == []
