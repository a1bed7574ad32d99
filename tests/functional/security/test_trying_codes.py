"""Trying codes of vouchers and gift cards out, and passwords from everywhere."""

import re
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as NoRedis
from saleor.account.models import User

from storefront import limits
from storefront.backends import MAX_ACCOUNT_FAILURES
from tests import personas
from tests.factories import GiftCardFactory, VoucherFactory
from tests.functional.checkout.pages import words
from tests.staff import app_of, code_of

pytestmark = pytest.mark.django_db
PASSWORD = "long-and-quiet-water"
ADDRESS = "203.0.113.7"


@pytest.fixture
def browser(shop):
    """Return a function that makes a browser with something in its basket and a form's cookie."""

    def make(address=ADDRESS):
        client = Client(headers={"Sec-Fetch-Site": "same-origin"}, REMOTE_ADDR=address)
        client.post("/basket/add/", {"variant": shop.starter.pk, "quantity": 1})
        client.get("/basket/")
        return client

    return make


def try_code(client, code="NOPE"):
    return client.post("/basket/code/", {"code": code})


def codes(client, times):
    return [try_code(client, f"NOPE{n}").status_code for n in range(times)]


def test_sixty_wrong_codes_of_one_browser_end_after_ten(browser):
    client = browser()
    assert codes(client, 60) == [409] * 10 + [429] * 50


def test_a_refusal_is_kind_says_when_and_keeps_the_basket(browser, monkeypatch):
    VoucherFactory(code="CALM10")
    client = browser()
    monkeypatch.setattr(limits.time, "time", lambda: 900_000 + 5 * 60)
    codes(client, 10)
    answer = try_code(client, "CALM10")
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert "look at yours once more, and try it again in 10 minutes. Your basket is kept." in words(
        answer
    )
    assert "Starter set" in words(answer)
    monkeypatch.setattr(limits.time, "time", lambda: 900_000 + 15 * 60)
    assert try_code(client, "CALM10").status_code == 303


def test_only_wrong_codes_count(browser):
    VoucherFactory(code="CALM10")
    VoucherFactory(code="RICH", min_spent_amount=1000)
    card = GiftCardFactory(code="SECRET123456")
    client = browser()
    codes(client, 9)
    for code in ("CALM10", "calm 10", card.code, "RICH", "", "CALM10"):
        assert try_code(client, code).status_code in {303, 409, 422}
    assert try_code(client).status_code == 409
    assert try_code(client, "CALM10").status_code == 429


def test_new_browsers_at_one_address_end_as_well_and_others_go_on(browser):
    assert [code for n in range(3) for code in codes(browser(), 10)] == [409] * 30
    assert try_code(browser()).status_code == 429
    assert try_code(browser("198.51.100.1")).status_code == 409


def test_when_codes_are_tried_from_everywhere_each_visitor_has_few(browser, monkeypatch):
    monkeypatch.setattr(limits, "MAX_WRONG_CODES_OF_ALL", 20)
    for n in range(4):
        codes(browser(f"198.51.100.{n}"), 5)
    late = browser()
    VoucherFactory(code="CALM10")
    assert codes(late, 4) == [409, 409, 409, 429]
    assert try_code(browser("203.0.113.200"), "CALM10").status_code == 303


def test_with_the_cache_down_codes_are_counted_all_the_same(browser, monkeypatch):
    client = browser()

    def is_down(*_args, **_kwargs):
        raise NoRedis

    monkeypatch.setattr(cache, "add", is_down)
    monkeypatch.setattr(cache, "incr", is_down)
    limits.of_process.clear()
    assert codes(client, 12) == [409] * 10 + [429] * 2


# --- log-ins ------------------------------------------------------------------------


@pytest.fixture
def robin():
    return User.objects.create(email="robin@example.org", password=make_password(PASSWORD))


@pytest.fixture
def keeper():
    return User.objects.create(
        email="keeper@example.org", password=make_password(PASSWORD), is_staff=True
    )


def log_in(page, email, password="wrong-and-loud-fire", client=None, address=ADDRESS):
    client = client or Client(REMOTE_ADDR=address)
    return client.post(page, {"username": email, "password": password})


def guess_from_everywhere(page, email):
    """Guess as often as an account allows, four times from each internet address."""
    for n in range(MAX_ACCOUNT_FAILURES):
        spelled = email.upper() if n % 2 else email
        answer = log_in(page, spelled, address=f"198.51.100.{n // 4}")
        assert (answer.status_code == 429) == (n == MAX_ACCOUNT_FAILURES - 1)


def unlock_path(address):
    (message,) = [sent for sent in mail.outbox if sent.to == [address]]
    return re.search(r"http://testserver(/account/unlock/\S+)", message.body)[1]


@pytest.fixture
def ask(django_capture_on_commit_callbacks):
    def post(email, client=None):
        with django_capture_on_commit_callbacks(execute=True):
            return (client or Client()).post("/account/unlock/", {"email": email})

    return post


@pytest.mark.parametrize("page", ["/account/login/", "/staff/login/"])
@pytest.mark.parametrize("email", ["robin@example.org", "nobody@example.org"])
def test_an_account_is_closed_to_guesses_from_everywhere_whether_or_not_it_exists(
    robin, page, email
):
    guess_from_everywhere(page, email)
    answer = log_in(page, email, PASSWORD, address="192.0.2.1")
    assert answer.status_code == 429
    assert 'href="/account/unlock/"' in answer.content.decode()
    assert "sid" not in answer.cookies


@pytest.mark.parametrize(
    ("page", "email"),
    [("/account/login/", "robin@example.org"), ("/staff/login/", "keeper@example.org")],
)
def test_its_owner_gets_in_by_a_link_and_nobody_else(robin, keeper, ask, page, email):
    guess_from_everywhere(page, email)
    client = Client(REMOTE_ADDR=ADDRESS)
    asked = ask(email, client)
    assert (asked.status_code, asked["Location"]) == (303, "/account/sent/")
    path = unlock_path(email)
    assert "One click" in words(client.get(path))  # a mail program that opens it uses nothing up
    assert log_in(page, email, PASSWORD, client).status_code == 429
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert log_in(page, email, "wrong-and-loud-fire", client).status_code != 302
    assert log_in(page, email, PASSWORD, client).status_code == 302
    other = Client(REMOTE_ADDR="192.0.2.9")
    assert log_in(page, email, PASSWORD, other).status_code == 429
    assert other.post(path).status_code == other.get(path).status_code == 410
    assert log_in(page, email, PASSWORD, other).status_code == 429


def test_the_link_helps_against_the_lock_of_ones_own_address_too(robin, ask):
    client = Client(REMOTE_ADDR=ADDRESS)
    for _ in range(5):
        log_in("/account/login/", robin.email, client=client)
    assert log_in("/account/login/", robin.email, PASSWORD, client).status_code == 429
    ask(robin.email, client)
    client.post(unlock_path(robin.email))
    assert log_in("/account/login/", robin.email, PASSWORD, client).status_code == 302


def test_a_link_unlocks_its_own_account_only(robin, ask):
    User.objects.create(email="pia@example.org", password=make_password(PASSWORD))
    client = Client(REMOTE_ADDR=ADDRESS)
    ask(robin.email, client)
    client.post(unlock_path(robin.email))
    guess_from_everywhere("/account/login/", "pia@example.org")
    assert log_in("/account/login/", "pia@example.org", PASSWORD, client).status_code == 429


def test_asking_says_nothing_about_an_address_and_does_not_flood_it(robin, ask):
    answers = [ask(email) for email in (robin.email, "nobody@example.org", robin.email)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (303, "/account/sent/")
    }
    assert [message.to for message in mail.outbox] == [[robin.email]]
    User.objects.update(is_active=False)
    mail.outbox.clear()
    ask(robin.email)
    assert not mail.outbox


@pytest.mark.parametrize("uid", ["MQ", "OTk5OTk5OTk5OTk5", "%00", "x" * 300, "\u00e9"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_unlocks_nothing(robin, uid, method):
    answer = getattr(Client(), method)(f"/account/unlock/{uid}/abc-def/")
    assert answer.status_code in {400, 404, 410}


def test_a_changed_password_ends_the_link(robin, ask):
    ask(robin.email)
    robin.set_password("another-and-quiet-lake")
    robin.save()
    assert Client().post(unlock_path(robin.email)).status_code == 410


def test_codes_of_the_second_factor_are_counted_over_all_addresses_too(keeper):
    app = app_of(keeper)
    for n in range(MAX_ACCOUNT_FAILURES):
        app.throttle_reset()
        client = Client(REMOTE_ADDR=f"198.51.100.{n // 4}")
        assert log_in("/staff/login/", keeper.email, PASSWORD, client).status_code == 302
        answer = client.post("/staff/second-factor/", {"code": "000000"})
        assert (answer.status_code == 429) == (n == MAX_ACCOUNT_FAILURES - 1)
    app.throttle_reset()
    late = Client(REMOTE_ADDR="192.0.2.1")
    assert log_in("/staff/login/", keeper.email, PASSWORD, late).status_code == 429


def test_whoever_is_between_the_factors_meets_that_limit(keeper):
    app = app_of(keeper)
    client = Client(REMOTE_ADDR=ADDRESS)
    assert log_in("/staff/login/", keeper.email, PASSWORD, client).status_code == 302
    guess_from_everywhere("/staff/login/", keeper.email)
    assert client.post("/staff/second-factor/", {"code": code_of(app)}).status_code == 429


def test_log_ins_work_and_are_limited_while_the_cache_is_down(robin, monkeypatch):
    def is_down(*_args, **_kwargs):
        raise NoRedis

    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(cache, name, is_down)
    assert log_in("/account/login/", robin.email, PASSWORD).status_code == 302
    guess_from_everywhere("/account/login/", robin.email)
    assert log_in("/account/login/", robin.email, PASSWORD, address="192.0.2.1").status_code == 429


def test_a_log_in_that_worked_does_not_give_guessers_new_tries(robin):
    guess = partial(log_in, "/account/login/", robin.email)
    for n in range(MAX_ACCOUNT_FAILURES - 1):
        guess(address=f"198.51.100.{n // 4}")
    assert guess(PASSWORD, address=ADDRESS).status_code == 302
    assert guess(address="198.51.100.99").status_code == 429
    assert guess(PASSWORD, address=ADDRESS).status_code == 429


def test_a_password_asked_for_within_an_account_counts_too(robin):
    client = personas.customer(robin)
    for n in range(5):
        client.defaults["REMOTE_ADDR"] = f"198.51.100.{n}"
        for _ in range(4):
            client.post("/account/data/", {"password": "wrong-and-loud-fire"})
    client.defaults["REMOTE_ADDR"] = ADDRESS
    assert client.post("/account/data/", {"password": PASSWORD}).status_code == 429
