"""Getting into an account, and out of it again."""

import re

import pytest
from saleor.account.models import User
from saleor.checkout.models import Checkout

from tests import personas
from tests.functional.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

REFUSED = "That e-mail and password do not open an account. Please check both."


def log_in(email, password=PASSWORD, client=None, **fields):
    client = client or personas.anonymous()
    return client.post("/account/login/", {"username": email, "password": password, **fields})


def visible(answer, email):
    """Return the page's text without what differs on every request."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return html.replace(email, "")


def test_a_customer_logs_in_with_the_address_in_any_case(robin):
    client = personas.anonymous()
    answer = log_in("Robin@Example.org", client=client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/")
    page = client.get("/account/")
    assert page.status_code == 200
    assert "robin@example.org" in page.content.decode()


def test_the_session_cookie_comes_with_the_log_in_and_not_before(robin):
    client = personas.anonymous()
    client.get("/account/login/")
    assert "sid" not in client.cookies
    log_in(robin.email, client=client)
    assert client.cookies["sid"]["httponly"]
    assert client.cookies["sid"]["max-age"] == ""  # gone with the browser


@pytest.mark.parametrize(
    ("email", "password"),
    [("robin@example.org", "something-else"), ("nobody@example.org", PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_address_look_the_same(robin, email, password):
    answer = log_in(email, password)
    assert answer.status_code == 422
    assert REFUSED in answer.content.decode()
    assert visible(answer, email) == visible(log_in("else@example.org"), "else@example.org")
    assert f'value="{email}"' in answer.content.decode()  # what was typed is kept


@pytest.mark.parametrize(
    "changed", [{"is_staff": True}, {"is_active": False}, {"password": "!never-confirmed"}]
)
def test_staff_closed_and_unconfirmed_accounts_get_that_answer_too(robin, changed):
    User.objects.filter(pk=robin.pk).update(**changed)
    client = personas.anonymous()
    answer = log_in(robin.email, client=client)
    assert visible(answer, robin.email) == visible(log_in("else@example.org"), "else@example.org")
    assert "sid" not in client.cookies


def test_what_is_missing_is_said_field_by_field():
    page = log_in("", "").content.decode()
    assert "Enter an e-mail address, such as name@example.org." in page
    assert "Enter your password." in page


@pytest.mark.parametrize("email", ["robin@example.org", "nobody@example.org"])
def test_five_wrong_tries_lock_the_log_in_whether_or_not_the_account_exists(robin, email):
    for _ in range(4):
        assert log_in(email, "something-else").status_code == 422
    log_in(email, "something-else")

    answer = log_in(email)

    assert answer.status_code == 429
    assert "this log-in is locked for 1 hour." in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sid" not in answer.cookies


def test_the_form_needs_its_token(robin):
    client = personas.anonymous(enforce_csrf_checks=True)
    assert log_in(robin.email, client=client).status_code == 403


@pytest.mark.parametrize(
    ("wish", "led_to"),
    [("/account/login/?next=/checkout/address/", "/checkout/address/"),
     ("/account/login/?next=https://evil.example/", "/account/")],
)  # fmt: skip
def test_it_leads_on_to_where_the_customer_wanted_but_never_to_another_site(robin, wish, led_to):
    answer = personas.anonymous().post(wish, {"username": robin.email, "password": PASSWORD})
    assert answer.headers["Location"] == led_to


def test_strangers_and_staff_are_asked_to_log_in(robin):
    for client in (personas.anonymous(), personas.staff("account.manage_users"), personas.owner()):
        answer = client.get("/account/")
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            "/account/login/?next=/account/",
        )


def test_a_customers_session_does_not_open_the_staff_pages(robin):
    client = personas.anonymous()
    log_in(robin.email, client=client)
    assert client.get("/staff/").status_code == 302


def test_a_customers_session_ends_when_the_account_becomes_staff(robin):
    client = personas.anonymous()
    log_in(robin.email, client=client)
    User.objects.filter(pk=robin.pk).update(is_staff=True, is_superuser=True)
    assert client.get("/staff/").status_code == 302
    assert client.get("/account/").status_code == 302


def test_logging_out_leaves_no_way_back(robin):
    client = personas.anonymous()
    log_in(robin.email, client=client)
    client.cookies["basket"] = "anything"

    answer = client.post("/account/logout/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/login/")
    assert client.cookies["sid"].value == client.cookies["basket"].value == ""
    assert client.get("/account/").status_code == 302


def test_logging_out_needs_a_form_of_the_shop(robin):
    client = personas.customer(robin, enforce_csrf_checks=True)
    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/").status_code == 403
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["login", "register", "forgotten", "sent"])
def test_pages_are_quiet(path):
    answer = personas.anonymous().get(f"/account/{path}/")
    page = answer.content.decode()
    assert "<title>Your account · Stillwater</title>" in page
    assert "private" in answer.headers["Cache-Control"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert not Checkout.objects.exists()


def test_no_log_line_names_who_tried(robin, caplog):
    for _ in range(6):
        log_in(robin.email, "something-else")
    log_in(robin.email)
    assert "login failure" in caplog.text
    assert [word for word in (robin.email, "127.0.0.1", PASSWORD) if word in caplog.text] == []
