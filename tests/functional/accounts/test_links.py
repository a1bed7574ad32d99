"""Opening an account and choosing a new password: both by a link, told to the mailbox only."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from freezegun import freeze_time
from kombu.exceptions import OperationalError
from saleor.account.models import User

from storefront.limits import MAX_REQUESTS
from storefront.tasks import send_account_link
from tests import personas
from tests.functional.accounts.conftest import PASSWORD, mailed_path
from tests.functional.accounts.test_logging_in import log_in

pytestmark = pytest.mark.django_db

NEW = "four-stones-in-a-brook"
CHOSEN = {"new_password1": NEW, "new_password2": NEW}


def open_link(path, client=None):
    """Follow the link to the form; return the client and the form's page."""
    client = client or personas.anonymous()
    return client, client.get(path, follow=True)


def choose(path, client=None, **fields):
    client, page = open_link(path, client)
    return client, client.post(page.request["PATH_INFO"], {**CHOSEN, **fields})


def test_an_account_is_opened_by_link_and_password(ask):
    answer = ask("register", "Robin@Example.org")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sent/")
    assert not User.objects.get(email="robin@example.org").has_usable_password()

    client, answer = choose(mailed_path("robin@example.org"))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/?done=welcome")
    assert client.get("/account/").status_code == 200
    assert log_in("robin@example.org", NEW).status_code == 302


def test_the_address_of_the_form_holds_no_secret(ask):
    ask("register", "robin@example.org")
    path = mailed_path("robin@example.org")
    _client, page = open_link(path)
    assert page.request["PATH_INFO"].endswith("/set-password/")
    assert path.split("/")[-2] not in page.content.decode()


def test_a_new_password_ends_every_other_session(ask, robin):
    elsewhere = personas.customer(robin)
    ask("forgotten", robin.email)

    client, _answer = choose(mailed_path(robin.email))

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert log_in(robin.email, PASSWORD).status_code == 422
    assert log_in(robin.email, NEW).status_code == 302


@pytest.mark.parametrize("page", ["register", "forgotten"])
@pytest.mark.parametrize(
    "state",
    ["none", "confirmed", "unconfirmed", "switched off", "staff"],
)
def test_the_page_answers_and_works_the_same_for_every_address(ask, robin, page, state):
    changes = {
        "unconfirmed": {"password": make_password(None)},
        "switched off": {"is_active": False},
        "staff": {"is_staff": True},
    }
    User.objects.filter(pk=robin.pk).update(**changes.get(state, {}))
    email = "nobody@example.org" if state == "none" else robin.email
    with CaptureQueriesContext(connection) as queries, pytest.MonkeyPatch.context() as patch:
        published = []
        patch.setattr(send_account_link, "delay", lambda *ids: published.append(ids))
        answer = ask(page, email)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sent/")
    assert answer.content == b""
    kinds = [query["sql"].split()[0] for query in queries]
    assert kinds == (["INSERT", "SELECT"] if page == "register" else ["SELECT"])
    assert len(published) == 1


@pytest.mark.parametrize("page", ["register", "forgotten"])
@pytest.mark.parametrize("changed", [{"is_staff": True}, {"is_active": False}])
def test_staff_and_people_switched_off_are_sent_nothing(ask, robin, page, changed):
    User.objects.filter(pk=robin.pk).update(**changed)
    ask(page, robin.email)
    assert mail.outbox == []


def test_who_has_an_account_already_is_led_to_the_log_in(ask, robin):
    ask("register", robin.email)
    assert mailed_path(robin.email) == "/account/login/"
    robin.refresh_from_db()
    assert robin.check_password(PASSWORD)


def test_who_never_opened_the_first_link_gets_another_one(ask, robin):
    User.objects.filter(pk=robin.pk).update(password=make_password(None))
    ask("forgotten", robin.email)
    _client, answer = choose(mailed_path(robin.email))
    assert answer.headers["Location"] == "/account/?done=welcome"


def test_asking_again_and_again_sends_one_e_mail(ask, robin):
    with freeze_time("2026-11-22 12:00:01"):
        for _ in range(3):
            ask("forgotten", robin.email)
        assert len(mail.outbox) == 1
    with freeze_time("2026-11-22 12:05:01"):
        ask("forgotten", robin.email)
    assert len(mail.outbox) == 2


def refused(path, client=None):
    _client, page = open_link(path, client)
    return "This link does not work any more" in page.content.decode()


def test_a_link_works_once(ask, robin):
    ask("forgotten", robin.email)
    path = mailed_path(robin.email)
    choose(path)
    assert refused(path)


def test_a_link_ends_after_three_hours(ask, robin):
    with freeze_time(timezone.now() - timedelta(hours=3, minutes=1)):
        ask("forgotten", robin.email)
    assert refused(mailed_path(robin.email))


@pytest.mark.parametrize("changed", [{"password": "md5$x$y"}, {"email": "new@example.org"}])
def test_a_link_ends_when_password_or_address_change(ask, robin, changed):
    ask("forgotten", robin.email)
    path = mailed_path(robin.email)
    User.objects.filter(pk=robin.pk).update(**changed)
    assert refused(path)


def test_a_link_ends_with_a_log_in(ask, robin):
    ask("forgotten", robin.email)
    log_in(robin.email)
    assert refused(mailed_path(robin.email))


@pytest.mark.parametrize("changed", [{"is_staff": True}, {"is_active": False}])
def test_a_link_opens_nothing_for_staff_and_people_switched_off(ask, robin, changed):
    ask("forgotten", robin.email)
    User.objects.filter(pk=robin.pk).update(**changed)
    assert refused(mailed_path(robin.email))


def test_a_link_is_for_one_purpose_and_one_account(ask, robin):
    other = User.objects.create(email="other@example.org", password=make_password(PASSWORD))
    ask("forgotten", robin.email)
    path = mailed_path(robin.email)
    uid, token = path.split("/")[-3:-1]
    foreign = urlsafe_base64_encode(str(other.pk).encode())

    assert refused(f"/account/confirm/{uid}/{token}/")
    assert refused(f"/account/reset/{foreign}/{token}/")
    assert refused(f"/account/reset/{uid}/{token[:-1]}x/")
    assert refused("/account/reset/%F0%9F%92%A7/x-y/")

    client, _page = open_link(path)  # the secret is in the session now
    assert refused(f"/account/confirm/{uid}/set-password/", client)
    assert refused(f"/account/reset/{foreign}/set-password/", client)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (NEW, "another", "The two passwords are not the same."),
        ("short", "short", "This password is too short."),
        ("password1234", "password1234", "This password is too common."),
        ("92837465019", "92837465019", "This password is entirely numeric."),
        ("robin@example", "robin@example", "too similar to the email"),
    ],
)
def test_a_weak_password_is_explained_and_not_kept(ask, robin, first, second, said):
    ask("forgotten", robin.email)
    path = mailed_path(robin.email)
    client, answer = choose(path, new_password1=first, new_password2=second)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    robin.refresh_from_db()
    assert robin.check_password(PASSWORD)
    assert f'value="{first}"' not in answer.content.decode()  # passwords are never sent back
    assert client.get("/account/").status_code == 302


def test_an_address_that_is_none_is_explained_and_kept(ask):
    answer = ask("register", "robin at example")
    assert answer.status_code == 422
    assert 'value="robin at example"' in answer.content.decode()
    assert "Enter an e-mail address, such as name@example.org." in answer.content.decode()
    assert not User.objects.exists()


def test_without_a_broker_every_address_gets_the_same_answer(ask, robin, monkeypatch):
    def down(*_ids):
        raise OperationalError

    monkeypatch.setattr(send_account_link, "delay", down)
    answers = [ask("forgotten", email) for email in (robin.email, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("We cannot send e-mails just now." in answer.content.decode() for answer in answers)


def test_opening_a_link_as_somebody_else_changes_to_the_links_account(ask, robin):
    ask("forgotten", robin.email)
    client, _answer = choose(mailed_path(robin.email), personas.wrong_customer())
    assert "robin@example.org" in client.get("/account/").content.decode()


@pytest.mark.parametrize("page", ["register", "forgotten"])
def test_nobody_has_us_write_to_many_addresses(ask, page):
    for number in range(MAX_REQUESTS):
        assert ask(page, f"somebody-{number}@example.org").status_code == 303
    mail.outbox.clear()
    answer = ask(page, "robin@example.org")
    assert answer.status_code == 429
    assert "try again in a quarter of an hour" in answer.content.decode()
    assert 'value="robin@example.org"' in answer.content.decode()
    assert mail.outbox == []
    assert not User.objects.filter(email="robin@example.org").exists()
