"""Credit notes, and an order's page and receipt once gift cards and payments got money back."""

from decimal import Decimal

import pytest
from prices import Money
from pypdfium2 import PdfDocument

from dashboard.models import AccessRecord
from dashboard.roles import ROLES
from plugins.fulfilment.packing import fulfil
from plugins.ordering.models import Refund
from plugins.ordering.refunds import request_refund
from tests.factories import GiftCardFactory, UserFactory, variant_in_stock
from tests.personas import anonymous, customer, in_role, link_holder, wrong_customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(buy):
    """Two pieces at 49.00 and 3.50 for the delivery, of which a gift card paid 20.00; sent."""
    order = buy((variant_in_stock(9), 2), cards=[GiftCardFactory(code="AAAABBBB1234")])
    line = order.lines.get().pk
    fulfil(order_id=order.pk, pieces={line: 2}, actor_id=UserFactory(is_staff=True).pk)
    return order


def page(order):
    response = link_holder(order).get(f"/orders/{order.token}/")
    return " ".join(response.content.decode().split())


def words(response):
    pdf = PdfDocument(response.content)
    text = "\n".join(part.get_textpage().get_text_range() for part in pdf)
    pdf.close()
    return " ".join(text.split())


def note_url(order, number=1):
    return f"/orders/{order.token}/credit-notes/{number}/"


def test_a_sent_and_refunded_order_does_not_say_that_its_parcel_is_on_its_way(order):
    request_refund(order_id=order.pk, key="all", reason="Staff only")
    said = page(order)
    assert "Your parcel is on its way." not in said
    assert "Everything that you paid for this order has gone back to you" in said
    assert "Refunded" in said
    assert "−£81.50" in said
    assert "Back on your gift card ending 1234" in said
    assert "−£20.00" in said
    assert "Credit note CN-00001 (PDF)" in said


def test_a_part_that_went_back_leaves_the_headline(order):
    request_refund(order_id=order.pk, key="one", reason="x", amount=Money("10.00", "GBP"))
    assert "Your parcel is on its way." in page(order)


def test_the_receipt_ends_at_what_was_kept_of_the_payment(order):
    request_refund(order_id=order.pk, key="all", reason="x")
    text = words(link_holder(order).get(f"/orders/{order.token}/receipt/"))
    assert "-£81.50" in text
    assert "Back on your gift card ending 1234 -£20.00" in text
    assert "Paid in the end £0.00" in text


def test_the_credit_note_names_pieces_delivery_and_where_it_went(order):
    request_refund(order_id=order.pk, key="all", reason="Staff only")
    answer = link_holder(order).get(note_url(order))
    text = words(answer)
    for part in (
        "Stillwater", "Credit note", "CN-00001", f"Order {order.pk}", "Robin Marsh",
        "Gentle set", "2 £98.00", "Delivery £3.50", "To how you paid £81.50",
        "To your gift card ending 1234 £20.00", "Given back £101.50",
    ):  # fmt: skip
        assert part in text
    assert "Staff only" not in text
    assert (
        answer.headers["Content-Disposition"] == 'attachment; filename="credit-note-CN-00001.pdf"'
    )


def test_it_is_for_the_reader_of_the_order_and_of_this_order_only(order, buy):
    request_refund(order_id=order.pk, key="all", reason="x")
    for somebody in (anonymous(), wrong_customer()):
        assert somebody.get(note_url(order)).status_code == 403
    other = buy()
    assert link_holder(other).get(note_url(other)).status_code == 404


def test_the_e_mail_says_what_is_on_the_gift_card_again(order):
    from django.core import mail

    mail.outbox.clear()
    request_refund(order_id=order.pk, key="all", reason="x")
    (message,) = [mail for mail in mail.outbox if mail.subject.startswith("Refund")]
    assert "£101.50" in message.body
    assert "£20.00 of it is on your gift card ending 1234 again." in " ".join(message.body.split())
    assert "Most banks show it" in message.body
    assert Refund.objects.get().amount_value == Decimal("101.50")


def staff_note(order, number=1):
    return f"/staff/order/order/{order.pk}/credit-note/{number}.pdf"


@pytest.fixture
def refunded(order):
    request_refund(order_id=order.pk, key="one", reason="x", amount=Money("10.00", "GBP"))
    return order


def test_staff_open_the_credit_note_from_the_refund_and_it_is_recorded(refunded):
    support = in_role("Support")
    page = support.get(f"/staff/order/order/{refunded.pk}/change/").content.decode()
    assert f'href="{staff_note(refunded)}">CN-00001</a>' in page
    answer = support.get(staff_note(refunded))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="credit-note-CN-00001.pdf"'
    assert words(answer) == words(link_holder(refunded).get(note_url(refunded)))
    assert AccessRecord.objects.filter(kind="document", subject_id=refunded.pk).count() == 1


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_whoever_may_refund_may_read_the_credit_note_and_nobody_else(refunded, role):
    somebody = in_role(role)
    may_refund = somebody.get(f"/staff/order/order/{refunded.pk}/refund/").status_code == 200
    assert somebody.get(staff_note(refunded)).status_code == (200 if may_refund else 403)


def test_strangers_and_customers_get_no_credit_note_of_staff(refunded):
    for somebody in (anonymous(), link_holder(refunded), customer(), wrong_customer()):
        answer = somebody.get(staff_note(refunded))
        assert answer.status_code in {302, 403, 404}
        assert b"%PDF" not in answer.content


def test_a_credit_note_of_another_order_or_number_is_not_found(refunded, buy):
    other = buy((variant_in_stock(9), 1))
    support = in_role("Support")
    assert support.get(staff_note(other)).status_code == 404
    assert support.get(staff_note(refunded, 2)).status_code == 404
