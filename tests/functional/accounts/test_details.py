"""Changing password and address, and logging out everywhere."""

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from freezegun import freeze_time
from saleor.account.models import User

from storefront.accounts import PENDING_EMAIL
from tests import personas
from tests.functional.accounts.conftest import PASSWORD, mailed_path
from tests.functional.accounts.test_logging_in import log_in

pytestmark = pytest.mark.django_db

NEW = "four-stones-in-a-brook"
ADDRESS = "new@example.org"


@pytest.fixture
def client(robin):
    client = personas.anonymous()
    log_in(robin.email, client=client)
    return client


def change_password(client, old=PASSWORD, new=NEW, again=NEW):
    fields = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post("/account/password/", fields)


def test_changing_the_password_ends_every_other_session(client, robin):
    elsewhere = personas.anonymous()
    log_in(robin.email, client=elsewhere)

    answer = change_password(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/?done=password")
    assert "logged out everywhere else" in client.get("/account/?done=password").content.decode()
    assert elsewhere.get("/account/").status_code == 302
    assert log_in(robin.email, PASSWORD).status_code == 422
    assert log_in(robin.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "wrong"}, "That is not your password."),
        ({"again": "different-words"}, "The two passwords are not the same."),
        ({"new": "short", "again": "short"}, "This password is too short."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(client, robin, fields, said):
    answer = change_password(client, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    robin.refresh_from_db()
    assert robin.check_password(PASSWORD)


@pytest.mark.parametrize("page", ["everywhere", "data", "delete"])
def test_guessing_the_password_in_an_open_session_is_locked(client, page):
    answers = [client.post(f"/account/{page}/", {"password": "wrong"}) for _ in range(6)]
    assert answers[0].status_code == 422
    assert "That is not your password." in answers[0].content.decode()
    assert answers[-1].status_code == 429
    assert client.post(f"/account/{page}/", {"password": PASSWORD}).status_code == 429
    assert User.objects.filter(email="robin@example.org").exists()


def test_logging_out_everywhere_ends_all_sessions_and_keeps_the_password(client, robin):
    elsewhere = personas.anonymous()
    log_in(robin.email, client=elsewhere)
    answer = client.post("/account/everywhere/", {"password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/login/")
    assert client.get("/account/").status_code == elsewhere.get("/account/").status_code == 302
    assert log_in(robin.email).status_code == 302


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(
    client, robin, ask_for, django_capture_on_commit_callbacks
):
    answer = ask_for(client, "New@Example.org")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sent/")
    robin.refresh_from_db()
    assert robin.email == "robin@example.org"
    assert "new@example.org waits" in client.get("/account/").content.decode()

    path = mailed_path(ADDRESS)
    page = client.get(path)
    assert "Use this address from now on?" in page.content.decode()
    robin.refresh_from_db()
    assert robin.email == "robin@example.org"  # opening it, as mail programs do, is not enough

    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(path).headers["Location"] == "/account/?done=email"

    robin.refresh_from_db()
    assert robin.email == ADDRESS
    assert PENDING_EMAIL not in robin.private_metadata
    assert [sent.to for sent in mail.outbox] == [[ADDRESS], ["robin@example.org"]]
    assert ADDRESS not in mail.outbox[1].body
    assert client.get("/account/").status_code == 200
    assert log_in(ADDRESS).status_code == 302


def test_an_address_that_somebody_has_gets_the_same_answer_and_no_e_mail(client, robin, ask_for):
    User.objects.create(email="taken@example.org", password=make_password(PASSWORD))
    taken = ask_for(client, "taken@example.org")
    assert mail.outbox == []
    free = ask_for(client, "free@example.org")
    assert len(mail.outbox) == 1
    assert (taken.status_code, taken.headers["Location"]) == (
        free.status_code,
        free.headers["Location"],
    )


def test_an_address_that_somebody_took_in_the_meantime_is_not_taken_away(client, robin, ask_for):
    ask_for(client, ADDRESS)
    User.objects.create(email="New@example.org")
    assert client.post(mailed_path(ADDRESS)).status_code == 410
    robin.refresh_from_db()
    assert robin.email == "robin@example.org"


def refused(path, client):
    """Say whether the link opens nothing, and changes nothing when its button is pressed."""
    before = set(User.objects.values_list("pk", "email"))
    page = client.get(path)
    client.post(path)
    assert set(User.objects.values_list("pk", "email")) == before
    return (page.status_code, "does not work any more" in page.content.decode()) == (410, True)


def test_a_link_for_a_new_address_works_once(client, robin, ask_for):
    ask_for(client, ADDRESS)
    path = mailed_path(ADDRESS)
    client.post(path)
    assert refused(path, client)


def test_a_link_for_a_new_address_ends_with_a_newer_one(client, ask_for):
    ask_for(client, ADDRESS)
    ask_for(client, "other@example.org")
    assert refused(mailed_path(ADDRESS), client)


def test_a_link_for_a_new_address_ends_with_a_change_of_password(client, ask_for):
    ask_for(client, ADDRESS)
    change_password(client)
    assert refused(mailed_path(ADDRESS), client)


def test_a_link_for_a_new_address_ends_after_three_hours(robin, ask_for):
    client = personas.anonymous()
    with freeze_time("2026-11-22 12:00:00"):
        log_in(robin.email, client=client)
        ask_for(client, ADDRESS)
    with freeze_time("2026-11-22 15:00:05"):
        assert refused(mailed_path(ADDRESS), client)


def test_a_link_for_a_new_address_is_for_its_own_account(client, robin, ask_for):
    ask_for(client, ADDRESS)
    path = mailed_path(ADDRESS)
    assert refused(path, personas.wrong_customer())
    for nobody in (personas.anonymous(), personas.owner()):
        answer = nobody.post(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/?next=/account/email/")
    robin.refresh_from_db()
    assert robin.email == "robin@example.org"


def test_secrets_of_other_purposes_confirm_no_address(client, robin, ask, ask_for):
    ask_for(client, ADDRESS)
    mail.outbox.clear()
    ask("forgotten", robin.email)
    assert refused(f"/account/email/{mailed_path(robin.email).split('/')[-2]}/", client)


def test_a_wrong_password_asks_for_no_link(client, ask_for):
    answer = ask_for(client, ADDRESS, password="wrong")
    assert answer.status_code == 422
    assert f'value="{ADDRESS}"' in answer.content.decode()
    assert mail.outbox == []
