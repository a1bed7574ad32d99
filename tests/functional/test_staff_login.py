"""Getting into /staff/."""

import re

import pytest
from saleor.account.models import User

from tests import personas

pytestmark = pytest.mark.django_db

PASSWORD = "long-and-quiet-water"
REFUSED = "That e-mail and password do not open the staff pages."


@pytest.fixture
def keeper():
    return User.objects.create_user("keeper@example.org", PASSWORD, is_staff=True)


def log_in(email, password, client=None):
    client = client or personas.anonymous()
    return client.post("/staff/login/?next=/staff/", {"username": email, "password": password})


def visible(answer, email):
    """Return the page's text without what differs on every request."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return html.replace(email, "")


def test_staff_log_in_with_e_mail_in_any_case(keeper):
    client = personas.anonymous()
    answer = log_in("Keeper@Example.org", PASSWORD, client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/")
    assert client.get("/staff/").headers["Location"] == "/staff/login/?next=/staff/"


def test_a_wrong_e_mail_and_a_wrong_password_look_the_same(keeper):
    wrong_password = log_in(keeper.email, "something-else")
    wrong_email = log_in("nobody@example.org", PASSWORD)

    assert wrong_password.status_code == wrong_email.status_code == 200
    assert REFUSED in wrong_password.content.decode()
    assert visible(wrong_password, keeper.email) == visible(wrong_email, "nobody@example.org")


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_customers_and_people_switched_off_get_that_answer_too(keeper, fields):
    User.objects.filter(pk=keeper.pk).update(**fields)
    client = personas.anonymous()

    answer = log_in(keeper.email, PASSWORD, client)

    assert REFUSED in answer.content.decode()
    assert client.get("/staff/").status_code == 302
    assert "sid" not in client.cookies


def test_the_form_needs_its_token(keeper):
    client = personas.anonymous(enforce_csrf_checks=True)
    assert log_in(keeper.email, PASSWORD, client).status_code == 403


@pytest.mark.parametrize("email", ["keeper@example.org", "nobody@example.org"])
def test_five_wrong_tries_lock_the_log_in_whether_or_not_the_account_exists(keeper, email):
    for _ in range(4):
        assert log_in(email, "something-else").status_code == 200
    assert log_in(email, "something-else").status_code == 429

    answer = log_in(email, PASSWORD)

    assert answer.status_code == 429
    assert "this log-in is locked for up to 1 hour." in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sid" not in answer.cookies


def test_others_can_log_in_while_one_is_locked(keeper):
    for _ in range(6):
        log_in("nobody@example.org", "something-else")
    assert log_in(keeper.email, PASSWORD).status_code == 302


def test_logging_out_ends_the_session(keeper):
    client = personas.anonymous()
    log_in(keeper.email, PASSWORD, client)
    assert client.post("/staff/logout/").status_code in (200, 302)
    assert client.get("/staff/").status_code == 302


def test_it_does_not_send_people_to_another_site(keeper):
    answer = personas.anonymous().post(
        "/staff/login/?next=https://evil.example/",
        {"username": keeper.email, "password": PASSWORD},
    )
    assert answer.headers["Location"] == "/staff/"
