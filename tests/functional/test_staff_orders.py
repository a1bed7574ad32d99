"""Orders as a packer sees them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plugins.order_emails.models import EmailState, OutgoingEmail
from tests import personas
from tests.factories import AddressFactory, UserFactory, variant_in_stock
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db

ORDERS = "/staff/order/order/"


@pytest.fixture
def packer():
    return personas.staff("order.manage_orders")


def page(order):
    return f"{ORDERS}{order.pk}/change/"


def numbers(answer):
    return [row.pk for row in answer.context["cl"].result_list]


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_shows_what_packers_need(packer):
    builders.order(paid=True)
    html = packer.get(ORDERS).content.decode()
    for words in ("Robin Marsh", "Not sent", "Paid", "£52.50", "Plain parcel"):
        assert words in html
    for private in ("robin@example.org", "4 Mill Lane", "BN7 1AA"):
        assert private not in html


def test_it_finds_by_number_and_by_e_mail(packer):
    first = builders.order()
    owned = builders.order(user=UserFactory(email="ana@example.org"), user_email="")

    assert numbers(packer.get(ORDERS, {"q": f"#{first.pk}"})) == [first.pk]
    assert numbers(packer.get(ORDERS, {"q": str(owned.pk)})) == [owned.pk]
    assert numbers(packer.get(ORDERS, {"q": "ROBIN@"})) == [first.pk]
    assert numbers(packer.get(ORDERS, {"q": "ana@example"})) == [owned.pk]
    for nothing in ("9" * 30, "nobody@", "'; --"):
        assert numbers(packer.get(ORDERS, {"q": nothing})) == []


def test_it_filters_by_what_there_is_to_do(packer):
    paid = builders.order(paid=True)
    waiting = builders.order()
    released = builders.order(status="canceled", flags=["late"])
    flagged = builders.order(paid=True, flags=["paid_twice"])
    expected = {
        "to_pack": [paid.pk],
        "waiting": [waiting.pk],
        "attention": [flagged.pk, released.pk],
        "canceled": [released.pk],
        "sent": [],
        "today": [flagged.pk, released.pk, waiting.pk, paid.pk],
    }
    for work, found in expected.items():
        assert numbers(packer.get(ORDERS, {"work": work})) == found


def test_one_order_with_all_that_happened(packer):
    order = builders.order(paid=True, customer_note="Leave with the neighbour")
    builders.line(order, variant_in_stock(5, name="Size 2"), 2)
    OutgoingEmail.objects.create(
        order=order,
        kind="order_confirmed",
        dedup_key="paid",
        state=EmailState.SENT,
        message_id="1@shop",
        next_try_at=timezone.now(),
        sent_at=timezone.now(),
    )

    html = packer.get(page(order)).content.decode()

    for words in (
        "4 Mill Lane",
        "BN7 1AA",
        "robin@example.org",
        "Leave with the neighbour",
        ", Size 2<",
        "0 of 2",
        "£49.00",
        "£98.00",
        "taken-1",
        "succeeded",
        "The order was placed",
        "Order received and paid",
        "Sent",
    ):
        assert words in html


def test_it_is_read_only(packer):
    order = builders.order()
    assert "_save" not in packer.get(page(order)).content.decode()

    assert packer.post(page(order), {"total_gross_amount": "1.00"}).status_code == 403
    assert packer.get(f"{ORDERS}add/").status_code == 403
    assert packer.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code == 403
    order.refresh_from_db()
    assert str(order.total_gross_amount) == "52.50"


def test_drafts_are_not_orders_yet(packer):
    draft = builders.order(status="draft")
    assert numbers(packer.get(ORDERS)) == []
    assert packer.get(page(draft)).status_code == 302


def test_what_customers_write_is_never_html(packer):
    script = "<script>alert(1)</script>"
    order = builders.order(
        shipping_address=AddressFactory(
            first_name=script, street_address_1=script, company_name=script, city=script
        ),
        customer_note=script,
        user_email=f"{script}@example.org",
    )
    order.events.create(type="note_added", parameters={"message": script})

    for url in (ORDERS, page(order)):
        html = packer.get(url).content.decode()
        assert "&lt;script&gt;alert(1)" in html
        assert script not in html


def test_more_orders_need_no_more_queries(packer):
    def some(count):
        for _ in range(count):
            order = builders.order(paid=True)
            builders.line(order, variant, 1)

    variant = variant_in_stock(50)
    some(2)
    packer.get(ORDERS)  # content types are kept after the first look
    few = queries(packer, ORDERS)
    some(6)
    assert queries(packer, ORDERS) == few <= 11


def test_more_lines_and_payments_need_no_more_queries(packer):
    order, variant = builders.order(paid=True), variant_in_stock(50)
    builders.line(order, variant, 1, reserve=False)
    packer.get(page(order))
    few = queries(packer, page(order))
    for _ in range(4):
        builders.line(order, variant, 1, reserve=False)
        builders.payment(order, "1.00")
        order.events.create(type="note_added", user=UserFactory(), parameters={"message": "x"})
    assert queries(packer, page(order)) == few
