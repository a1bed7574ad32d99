"""Staff hand over, or erase, what is kept of a person; also of a guest. Both are written down."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order

from dashboard.models import AccessRecord
from plugins.fulfilment.models import NextOrderNote
from plugins.order_emails.models import CustomerMessage
from tests import personas
from tests.factories import UserFactory
from tests.unit.dashboard import builders

pytestmark = pytest.mark.django_db
PAGE = "/staff/dashboard/customer/personal-data/"
ROBIN = "robin@example.org"


@pytest.fixture
def manager():
    return personas.in_role("Manager")


@pytest.fixture
def guest():
    """A guest with a paid order that was sent, one that was never paid, and a message."""
    sent = builders.order(paid=True, status=OrderStatus.FULFILLED, customer_note="Ring twice")
    unpaid = builders.order(status=OrderStatus.CANCELED)
    CustomerMessage.objects.create(email=ROBIN, text="When?")
    NextOrderNote.objects.create(email=ROBIN, text="Pouch")
    return sent, unpaid


def test_a_guest_gets_all_that_is_kept_of_them(manager, guest):
    builders.order(user_email="kim@example.org")
    answer = manager.post(PAGE, {"email": " ROBIN@example.org"})
    assert answer["Content-Disposition"] == 'attachment; filename="personal-data.json"'
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert [one["number"] for one in data["orders_without_account"]] == [one.pk for one in guest]
    assert [one["text"] for one in data["messages_to_us"]] == ["When?"]
    assert data["account_and_its_orders"] is None
    assert "kim@" not in answer.content.decode()
    assert set(AccessRecord.objects.values_list("subject_id", flat=True)) == {o.pk for o in guest}
    entry = LogEntry.objects.get()
    assert entry.change_message == "Handed over what is kept of a person. Orders: 2."
    assert ROBIN not in str(vars(entry))


def test_a_guest_is_erased_but_for_the_books(manager, guest):
    sent, unpaid = guest
    typed = {"email": ROBIN, "again": ROBIN, "reason": "by letter of 3 May", "erase": "1"}
    page = manager.post(PAGE, typed, follow=True).content.decode()
    assert "Orders that it concerned: 2." in page
    sent, unpaid = (Order.objects.get(pk=one.pk) for one in guest)
    assert (unpaid.user_email, unpaid.shipping_address) == ("", None)
    assert (sent.user_email, sent.customer_note) == (ROBIN, "")
    assert sent.billing_address.last_name == "Marsh"  # as the books need it, for its time
    assert sent.payments.get().captured_amount == sent.total_gross_amount
    assert not CustomerMessage.objects.exists()
    assert not NextOrderNote.objects.exists()
    assert "by letter of 3 May" in LogEntry.objects.get().change_message


def test_a_customer_is_erased_with_the_account(manager):
    user = UserFactory(email=ROBIN)
    builders.order(user=user, paid=True, status=OrderStatus.FULFILLED)
    typed = {"email": ROBIN, "again": ROBIN, "reason": "by e-mail", "erase": "1"}
    manager.post(PAGE, typed)
    assert not User.objects.filter(email=ROBIN).exists()
    assert Order.objects.get().user is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"again": "other@example.org", "reason": "x"}, "This is not the same address."),
        ({"again": "", "reason": "x"}, "This is not the same address."),
        ({"again": ROBIN, "reason": ""}, "Say how they asked for it."),
    ],
)
def test_nothing_is_erased_without_confirmation(manager, guest, typed, words):
    page = manager.post(PAGE, {"email": ROBIN, "erase": "1", **typed}).content.decode()
    assert words in page
    assert Order.objects.filter(user_email=ROBIN).count() == 2
    assert CustomerMessage.objects.count() == 1


def test_support_hands_over_and_erases_nothing(guest):
    support = personas.in_role("Support")
    assert "Erase" not in support.get(PAGE).content.decode()
    typed = {"email": ROBIN, "again": ROBIN, "reason": "x", "erase": "1"}
    assert support.post(PAGE, typed)["Content-Type"] == "application/json"
    assert Order.objects.filter(user_email=ROBIN).count() == 2


def test_staff_are_not_erased_as_customers(manager):
    colleague = UserFactory(email="colleague@example.org", is_staff=True)
    address = Address.objects.count()
    email = colleague.email
    manager.post(PAGE, {"email": email, "again": email, "reason": "x", "erase": "1"})
    assert User.objects.filter(pk=colleague.pk).exists()
    assert Address.objects.count() == address


@pytest.mark.parametrize("role", ["Packer", "Inventory keeper", "Content editor"])
def test_others_do_neither(guest, role):
    assert personas.in_role(role).post(PAGE, {"email": ROBIN}).status_code == 403
    assert Client().post(PAGE, {"email": ROBIN}).status_code == 302
