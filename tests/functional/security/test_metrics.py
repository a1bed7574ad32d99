"""/metrics: figures for Prometheus alone, and no word of a customer or a product among them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from dashboard.roles import ROLES
from plugins.inventory.models import LedgerCheck
from plugins.order_emails.models import OutgoingEmail
from plugins.stripe_payments.models import StripeEvent
from saleor_config import metrics
from tests import personas
from tests.functional.discretion.words import found, sensitive_words
from tests.unit.dashboard import builders

TOKEN = "t0ken-of-this-test"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def page(client, token=TOKEN):
    return client.get(
        "/metrics", headers={"authorization": f"Bearer {token}", "host": "10.0.0.7:8000"}
    )


def figures(client):
    """Return each figure by its name and the values of its labels, by their names."""
    families = text_string_to_metric_families(page(client).content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families for sample in family.samples
    }  # fmt: skip


PEOPLE = {
    "stranger": personas.anonymous,
    "customer": personas.wrong_customer,
    "owner": personas.owner,
    **{role.name: (lambda name=role.name: personas.in_role(name)) for role in ROLES},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_without_the_token_there_is_no_such_page(who):
    client = PEOPLE[who]()
    nowhere = client.get("/nowhere")
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"},
                    {"authorization": TOKEN}, {"authorization": "Bearer "},
                    {"authorization": f"Bearer {TOKEN}ü"}):  # fmt: skip
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == nowhere.status_code == 404
        assert b"stillwater_" not in answer.content


def test_without_a_token_in_the_settings_nobody_has_one(client, settings):
    settings.METRICS_TOKEN = ""
    assert page(client, "").status_code == 404


def test_prometheus_may_ask_by_an_inner_name_and_without_tls(client, settings):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["shop.example"], True
    answer = page(client)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")


def test_requests_and_their_times_are_counted_by_page(client):
    wanted = ("stillwater_requests_total", "GET", "storefront:home", "200")
    timed = ("stillwater_request_seconds_count", "storefront:home")
    before = figures(client)
    for _ in range(3):
        client.get("/")
    after = figures(client)
    assert after[wanted] - before.get(wanted, 0) == 3
    assert after[timed] - before.get(timed, 0) == 3


def test_no_label_is_chosen_by_a_visitor(client):
    words = [*list(sensitive_words())[:20], "robin", "@example"]
    for word in words:
        client.get(f"/{word}/?q={word}", headers={"user-agent": word, "host": "testserver"})
        client.generic(word.upper().strip("@"), "/", headers={"content-type": word})
        client.generic(word, f"/sets/{word}/")
    text = page(client).content.decode()
    assert found(sensitive_words() | {"robin"}, [("metrics", text)]) == []
    assert "@example" not in text
    assert set(re.findall(r'method="([^"]*)"', text)) <= {*metrics.METHODS, "other"}
    assert ("stillwater_requests_total", "GET", "unknown", "404") in figures(client)


def email(number, state, hours):
    now = timezone.now()
    mail = OutgoingEmail.objects.create(
        about=f"order-{number}", kind="delivered", dedup_key="1", state=state,
        message_id=f"<{number}>", next_try_at=now - timedelta(minutes=1),
    )  # fmt: skip
    OutgoingEmail.objects.filter(pk=mail.pk).update(created_at=now - timedelta(hours=hours))


def event(number, state, hours):
    now = timezone.now()
    row = StripeEvent.objects.create(
        event_id=f"evt_{number}", kind="x", object_id="pi_1", state=state, created_at=now,
        next_try_at=now - timedelta(minutes=1),
    )  # fmt: skip
    StripeEvent.objects.filter(pk=row.pk).update(received_at=now - timedelta(hours=hours))


def test_the_shops_work_is_measured(client, monkeypatch):
    monkeypatch.setattr(metrics, "FIGURES", metrics.FIGURES[1:])  # no broker here
    for number, (state, hours) in enumerate(
        [("waiting", 2), ("failed", 1), ("dead", 9), ("sent", 9)]
    ):
        email(number, state, hours)
    for number, (state, hours) in enumerate(
        [("waiting", 3), ("dead", 9), ("dead", 9), ("done", 9)]
    ):
        event(number, state, hours)
    builders.order()
    builders.order(paid=True)
    LedgerCheck.objects.create(differences=4, unexplained=0)
    now = figures(client)
    exact = {
        "outbox_waiting": 2, "emails_failed": 1, "emails_given_up": 1, "unpaid_holds": 1,
        "ledger_differences": 4, "webhooks_waiting": 1, "webhooks_given_up": 2,
    }  # fmt: skip
    assert {name: now[f"stillwater_{name}",] for name in exact} == exact
    assert 7200 <= now["stillwater_outbox_age_seconds",] < 7300
    assert 10800 <= now["stillwater_webhooks_age_seconds",] < 10900
    assert 0 <= now["stillwater_ledger_check_age_seconds",] < 60
    assert not [each for each in now if each[0] == "stillwater_figure_failed"]


def test_an_empty_shop_has_no_age_and_says_nothing_of_a_check_that_never_was(client):
    now = figures(client)
    assert now["stillwater_outbox_age_seconds",] == 0
    assert ("stillwater_ledger_differences",) not in now


def test_a_figure_that_cannot_be_read_is_named_and_hides_no_other(client, monkeypatch):
    def fail():
        raise ConnectionError("redis://:secret@valkey:6379")

    broken = metrics.Figure("queue_length", "x", fail, "queue")
    monkeypatch.setattr(metrics, "FIGURES", (broken, *metrics.FIGURES[1:]))
    now = figures(client)
    assert now["stillwater_figure_failed", "queue_length"] == 1
    assert now["stillwater_outbox_waiting",] == 0
    assert "secret" not in page(client).content.decode()
