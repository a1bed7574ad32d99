"""Taking one's data along, and deleting the account."""

import json
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.core import mail
from django.utils import timezone
from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus
from saleor.payment.models import Payment

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.order_contract import remember_choices
from plugins.fulfilment.models import Return, ReturnLine
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.placing import place_order
from plugins.ordering.retention import RETENTION
from storefront.tasks import delete_unconfirmed
from tests import personas
from tests.factories import AddressFactory, basket, variant_in_stock
from tests.functional.accounts.conftest import PASSWORD
from tests.functional.accounts.test_logging_in import log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(robin):
    robin.addresses.add(AddressFactory(street_address_1="9 Book Street"))
    remember_choices(user=robin, choices=Choices(label_name="initials"), asked=True)
    client = personas.anonymous()
    log_in(robin.email, client=client)
    return client


@pytest.fixture
def order(robin):
    address = AddressFactory(phone="+441273000000")
    checkout = basket(
        (variant_in_stock(9, product__name="Gentle set"), 2),
        billing_address=address, shipping_address=address, note="Ring twice",
    )  # fmt: skip
    placed = place_order(checkout_token=checkout.pk)
    Order.objects.filter(pk=placed.order_id).update(user=robin)
    checkout.delete()
    return Order.objects.get(pk=placed.order_id)


@pytest.fixture
def delete(django_capture_on_commit_callbacks):
    def post(client, password=PASSWORD):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/account/delete/", {"password": password})

    return post


def finish(order, status, *, paid):
    charged = ChargeStatus.FULLY_CHARGED if paid else ChargeStatus.NOT_CHARGED
    Payment.objects.create(order=order, gateway="x", charge_status=charged)
    Order.objects.filter(pk=order.pk).update(status=status)


def test_the_data_is_a_file_with_all_that_is_known(client, order):
    answer = client.post("/account/data/", {"password": PASSWORD})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    data = json.loads(answer.content)
    assert data["account"]["email"] == "robin@example.org"
    assert data["addresses"][0]["street_address_1"] == "9 Book Street"
    assert data["remembered_choices"]["label_name"] == "initials"
    (bought,) = data["orders"]
    assert (bought["number"], bought["total"], bought["currency"]) == (order.pk, "101.50", "GBP")
    assert bought["lines"][0]["name"] == "Gentle set"
    assert bought["delivery_address"]["phone"] == "+441273000000"
    assert bought["note"] == "Ring twice"
    parts = {
        "account", "addresses", "remembered_choices", "orders", "emails", "messages_to_us",
        "notes_for_the_next_order", "saved_for_later",
    }  # fmt: skip
    assert set(data) == parts


def returned(order):
    about = Return.objects.create(
        order=order, number=1, state="withdrawn", sealed=True, message="I am Robin."
    )
    ReturnLine.objects.create(belongs_to=about, line=order.lines.get(), announced=1)
    return about


def test_returns_are_in_it_with_the_customers_own_words(client, order):
    returned(order)
    data = json.loads(client.post("/account/data/", {"password": PASSWORD}).content)
    (told,) = data["orders"][0]["returns"]
    assert (told["number"], told["state"], told["sealed"]) == (1, "withdrawn", True)
    assert told["message"] == "I am Robin."
    assert (told["lines"][0]["announced"], told["lines"][0]["wanted"]) == (1, None)


def test_a_finished_order_loses_the_message_of_its_return_with_the_account(client, order, delete):
    about = returned(order)
    finish(order, OrderStatus.FULFILLED, paid=True)
    delete(client)
    about.refresh_from_db()
    assert (about.message, about.state) == ("", "withdrawn")


def test_the_data_of_others_is_not_in_it(client, order):
    Order.objects.update(user=User.objects.create(email="other@example.org"))
    data = json.loads(client.post("/account/data/", {"password": PASSWORD}).content)
    assert data["orders"] == []


def test_an_open_session_alone_gets_no_data_and_deletes_nothing(client, delete):
    assert b"9 Book Street" not in client.get("/account/data/").content
    assert b"9 Book Street" not in client.post("/account/data/").content
    assert delete(client, password="").status_code == 422
    assert User.objects.filter(email="robin@example.org").exists()


def test_strangers_and_staff_cannot_ask_for_either():
    for nobody in (personas.anonymous(), personas.owner()):
        for page in ("data", "delete"):
            answer = nobody.post(f"/account/{page}/", {"password": PASSWORD})
            assert answer.headers["Location"].startswith("/account/login/?next=")
    assert User.objects.count() == 1


def test_a_deleted_account_leaves_nothing_and_says_good_bye_once(client, robin, delete):
    log_in(robin.email, "wrong")
    assert AccessAttempt.objects.exists()
    assert AccessLog.objects.exists()

    answer = delete(client)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/deleted/")
    assert not User.objects.exists()
    assert not Address.objects.exists()
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()
    assert client.get("/account/").status_code == 302
    (message,) = mail.outbox
    assert message.to == ["robin@example.org"]
    assert "Your account is deleted" in message.subject
    assert OutgoingEmail.objects.get().to_address == ""
    assert "Your account is deleted" in client.get("/account/deleted/").content.decode()


def test_a_finished_order_keeps_its_bill_and_no_more(client, order, delete):
    finish(order, OrderStatus.FULFILLED, paid=True)
    delete(client)
    order.refresh_from_db()
    assert (order.user, order.customer_note) == (None, "")
    assert order.billing_address.street_address_1 == "4 Mill Lane"
    assert str(order.billing_address.phone) == str(order.shipping_address.phone) == ""
    assert order.user_email == "robin@example.org"  # a recall must reach whoever has the goods
    assert order.lines.count() == 1


def test_an_order_on_its_way_keeps_what_the_parcel_needs(client, order, delete):
    finish(order, OrderStatus.UNFULFILLED, paid=True)
    delete(client)
    order.refresh_from_db()
    assert order.user is None
    assert str(order.shipping_address.phone) == "+441273000000"


def test_an_order_that_was_never_paid_is_made_anonymous(client, order, delete):
    finish(order, OrderStatus.CANCELED, paid=False)
    delete(client)
    order.refresh_from_db()
    assert (order.user, order.user_email, order.shipping_address) == (None, "", None)
    assert order.total_gross.amount == 101.5


def test_the_page_says_what_is_kept_and_how_long(client):
    page = client.get("/account/delete/").content.decode()
    assert f"for {RETENTION['orders'].words}" in page
    assert 'href="/privacy/#how-long"' in page


def test_the_freed_address_can_open_a_new_account_that_inherits_nothing(client, order, delete, ask):
    finish(order, OrderStatus.FULFILLED, paid=True)
    delete(client)
    ask("register", "robin@example.org")
    assert User.objects.get().orders.count() == 0


def test_a_new_address_that_nobody_confirmed_is_forgotten(client, robin):
    client.post("/account/email/", {"email": "new@example.org", "password": PASSWORD})
    assert delete_unconfirmed() == 0
    robin.refresh_from_db()
    long_ago = timezone.now() - RETENTION["unconfirmed"].period - timedelta(minutes=1)
    robin.private_metadata["new_email"]["asked"] = long_ago.isoformat()
    robin.save()
    assert (delete_unconfirmed(), delete_unconfirmed()) == (1, 0)
    robin.refresh_from_db()
    assert "new_email" not in robin.private_metadata
    assert robin.email == "robin@example.org"


def test_accounts_in_use_and_staff_are_never_forgotten(robin, keeper):
    User.objects.update(date_joined=timezone.now() - timedelta(days=900))
    keeper.set_unusable_password()
    keeper.save()
    assert delete_unconfirmed() == 0
    assert User.objects.count() == 2
