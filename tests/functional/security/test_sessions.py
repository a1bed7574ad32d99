"""Sessions end with what they were opened with, and nothing passes to the next person."""

import time

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.test import Client
from saleor.account.models import User
from saleor.order.models import Order

from plugins.ordering.links import order_link
from plugins.ordering.placing import place_order
from storefront.accounts import confirm_tokens, new_email_tokens, reset_tokens
from tests import personas
from tests.factories import basket, variant_in_stock
from tests.functional.accounts.test_links import choose
from tests.staff import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "long-and-quiet-water"


@pytest.fixture
def robin():
    return User.objects.create(email="robin@example.org", password=make_password(PASSWORD))


@pytest.fixture
def keeper():
    user = User.objects.create(
        email="keeper@example.org", password=make_password(PASSWORD), is_staff=True
    )
    user.groups.add(Group.objects.get(name="Inventory keeper"))
    return user


def is_in(client, page="/staff/"):
    return client.get(page).status_code == 200


def edit(keeper, **fields):
    """Change a colleague's page as a manager does."""
    groups = [group.pk for group in keeper.groups.all()]
    sent = {"email": keeper.email, "is_active": "on", "groups": groups, **fields}
    url = f"/staff/dashboard/staffmember/{keeper.pk}/change/"
    return personas.in_role("Manager").post(url, {k: v for k, v in sent.items() if v is not None})


# --- staff --------------------------------------------------------------------------


def test_a_staff_session_ends_twelve_hours_after_the_log_in_however_busy(keeper, settings):
    assert settings.STAFF_MAX_HOURS == 12
    client = signed_in(keeper)
    assert is_in(client)
    session = client.session
    session["staff_since"] = int(time.time()) - 12 * 3600 + 60
    session["staff_last_activity"] = int(time.time())
    session.save()
    assert is_in(client)
    session["staff_since"] -= 60
    session.save()
    answer = client.get("/staff/", follow=True)
    assert answer.request["PATH_INFO"] == "/staff/login/"
    assert "You were logged in for long" in answer.content.decode()
    assert not is_in(client)


def test_the_time_is_noted_once_and_for_pages_of_every_kind(keeper):
    client = signed_in(keeper)
    client.get("/staff/second-factor/")
    since = client.session["staff_since"]
    session = client.session
    session["staff_since"] = since - 100
    session.save()
    client.get("/staff/")
    client.get("/staff/dashboard/stockitem/")
    assert client.session["staff_since"] == since - 100


@pytest.mark.parametrize("field", ["is_staff", "is_active"])
def test_leaving_the_staff_ends_the_session_for_ever(keeper, field):
    client = signed_in(keeper)
    assert is_in(client)
    for value in (False, True):
        setattr(keeper, field, value)
        keeper.save()
    assert not is_in(client)
    assert not is_in(client, "/account/")


def test_even_a_change_behind_the_models_back_ends_it(keeper):
    client = signed_in(keeper)
    User.objects.filter(pk=keeper.pk).update(is_staff=False)
    assert client.get("/account/").status_code == 302
    User.objects.filter(pk=keeper.pk).update(is_staff=True)
    assert not is_in(client)


def test_a_manager_switches_a_colleague_off(keeper):
    client = signed_in(keeper)
    assert edit(keeper, is_active=None).status_code == 302
    assert edit(keeper).status_code == 302
    assert not is_in(client)


def test_the_last_permission_ends_the_session_and_another_role_does_not(keeper):
    client = signed_in(keeper)
    editor = Group.objects.get(name="Content editor")
    assert edit(keeper, groups=[editor.pk]).status_code == 302
    assert is_in(client)
    assert edit(keeper, groups=[]).status_code == 302
    assert not is_in(client)


def test_a_group_that_loses_its_permissions_ends_its_members_sessions(keeper):
    client, other = signed_in(keeper), personas.in_role("Packer")
    Group.objects.get(name="Inventory keeper").permissions.clear()
    assert not is_in(client)
    assert is_in(other)


def test_a_group_that_is_deleted_does_too(keeper):
    client = signed_in(keeper)
    Group.objects.get(name="Inventory keeper").delete()
    assert not is_in(client)


def test_a_colleagues_new_e_mail_address_ends_their_sessions_and_not_ones_own(keeper):
    client = signed_in(keeper)
    assert edit(keeper, email="keeper.new@example.org").status_code == 302
    assert not is_in(client)
    owner = personas.owner()
    other = signed_in(User.objects.get(email="owner@example.org"))
    me = User.objects.get(email="owner@example.org")
    url = f"/staff/dashboard/staffmember/{me.pk}/change/"
    fields = {"email": "boss@example.org", "is_active": "on", "is_superuser": "on"}
    assert owner.post(url, fields).status_code == 302
    assert is_in(owner)
    assert not is_in(other)


def test_a_password_that_a_manager_sets_ends_the_colleagues_sessions(keeper):
    client = signed_in(keeper)
    url = f"/staff/dashboard/staffmember/{keeper.pk}/password/"
    sent = {"password1": "another-and-quiet-lake", "password2": "another-and-quiet-lake"}
    assert personas.in_role("Manager").post(url, sent).status_code == 302
    assert not is_in(client)


# --- customers ----------------------------------------------------------------------


def test_a_changed_e_mail_address_ends_the_other_sessions(robin):
    here, there = personas.customer(robin), personas.customer(robin)
    robin.store_value_in_private_metadata({"new_email": {"address": "r@example.org", "asked": ""}})
    robin.save()
    token = new_email_tokens.make_token(User.objects.get(pk=robin.pk))
    assert here.post(f"/account/email/{token}/").status_code == 303
    assert is_in(here, "/account/")
    assert not is_in(there, "/account/")


def test_staff_who_change_a_customers_address_end_the_sessions(robin):
    client = personas.customer(robin)
    robin.email = "robin.new@example.org"
    robin.save()
    assert not is_in(client, "/account/")


def test_a_changed_password_ends_the_other_sessions(robin):
    here, there = personas.customer(robin), personas.customer(robin)
    new = "another-and-quiet-lake"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/account/password/", sent).status_code == 302
    assert is_in(here, "/account/")
    assert not is_in(there, "/account/")


def test_a_password_reset_by_a_link_ends_the_other_sessions(robin):
    from storefront.email_links import _link_path

    there = personas.customer(robin)
    robin.refresh_from_db()
    here, _answer = choose(_link_path(robin, "account_reset", reset_tokens))
    assert is_in(here, "/account/")
    assert not is_in(there, "/account/")


# --- the next person on the same browser ----------------------------------------------


@pytest.fixture
def order():
    checkout = basket((variant_in_stock(9), 1), email="guest@example.org")
    return Order.objects.get(pk=place_order(checkout_token=checkout.pk).order_id)


def open_link(client, order):
    client.get(order_link(order=order).removeprefix("http://testserver"))
    assert is_in(client, f"/orders/{order.token}/")


def log_in(client, user):
    sent = {"username": user.email, "password": PASSWORD}
    assert client.post("/account/login/", sent).status_code == 302


def test_a_guests_orders_do_not_pass_to_whoever_logs_in_nor_come_back(robin, order):
    client = Client()
    open_link(client, order)
    kept = client.cookies["orders"].value
    log_in(client, robin)
    assert not is_in(client, f"/orders/{order.token}/")
    assert client.post(f"/account/orders/{order.token}/add/").status_code == 403
    client.cookies["orders"] = kept  # also if a log-in had left the cookie there
    assert not is_in(client, f"/orders/{order.token}/")
    client.post("/account/logout/")
    assert not is_in(client, f"/orders/{order.token}/")


def test_an_order_with_the_accounts_own_address_stays_open(robin, order):
    Order.objects.update(user_email="robin@example.org")
    order.refresh_from_db()  # a link is bound to the order's address
    client = Client()
    open_link(client, order)
    log_in(client, robin)
    assert is_in(client, f"/orders/{order.token}/")
    client.post("/account/logout/")
    assert not is_in(client, f"/orders/{order.token}/")


def test_what_a_customer_opened_is_closed_once_their_session_has_ended(robin, order):
    client = personas.customer(robin)
    open_link(client, order)
    del client.cookies["sid"]  # the browser was closed
    assert not is_in(client, f"/orders/{order.token}/")
    log_in(client, User.objects.create(email="pia@example.org", password=make_password(PASSWORD)))
    assert not is_in(client, f"/orders/{order.token}/")


def test_a_first_password_takes_over_no_guests_orders_either(order):
    from storefront.email_links import _link_path

    pia = User.objects.create(email="pia@example.org", password=make_password(None))
    client = Client()
    open_link(client, order)
    path = _link_path(pia, "account_confirm", confirm_tokens)
    form = client.get(path, follow=True).request["PATH_INFO"]
    sent = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(form, sent).status_code == 302
    assert is_in(client, "/account/")
    assert not is_in(client, f"/orders/{order.token}/")
