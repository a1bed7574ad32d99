"""The image's very commands, run outside Docker with the live settings and real servers."""

import json
import re
from contextlib import closing
from http.client import HTTPConnection

import psycopg
import pytest
import redis
from django_guid import clear_guid, set_guid
from kombu import Connection
from prometheus_client.parser import text_string_to_metric_families

from local_services.processes import wait_until
from saleor_config.celery import app
from tests.functional.image import (  # noqa: F401  fixtures
    HEALTH,
    SERVICES,
    WEB,
    broker,
    contents,
    database,
    environment,
    folder,
    image,
    run,
    start,
    starting,
)

pytestmark = pytest.mark.slow
QUEUES = ("payments", "emails", "celery")
MANY_EMAILS = 3000
GIVEN = "0123456789abcdef0123456789abcdef"  # the id of a request


def _get(environment, path, **headers):
    with closing(HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": "shop.example"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_setup_prepares_database_and_catalogue(run):
    code, output = run(SERVICES["setup"]["command"])

    assert code == 0, output


def _is_open(environment):
    """Say whether the shop is ready; its health check costs a start of Python each time."""
    try:
        return _get(environment, "/readyz", **{"X-Forwarded-Proto": "https"})[0] == 200
    except OSError:
        return False


def test_the_web_server_is_healthy_and_shows_the_shop_over_tls_only(start, run, environment):
    assert run(HEALTH)[0] != 0  # nothing there yet
    start(WEB)

    assert wait_until(lambda: _is_open(environment), 60)
    assert wait_until(lambda: run(HEALTH)[0] == 0, 60)
    status, headers, _ = _get(environment, "/sets/")
    assert (status, headers["Location"]) == (301, "https://shop.example/sets/")
    status, headers, page = _get(environment, "/sets/", **{"X-Forwarded-Proto": "https"})
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    style = re.search(r'href="(/static/storefront/[^"]+\.[0-9a-f]{12}\.css)"', page)[1]
    assert _get(environment, style, **{"X-Forwarded-Proto": "https"})[0] == 200
    _counts_the_requests_of_both_processes(environment)


def _counts_the_requests_of_both_processes(environment):
    """Each process answers with the figures of all; asked by an inner name, without TLS."""
    for _ in range(10):
        assert _get(environment, "/guides/", **{"X-Forwarded-Proto": "https"})[0] == 200
    headers = {"Authorization": "Bearer t0ken", "Host": "web:8000"}
    for _ in range(10):
        status, _headers, text = _get(environment, "/metrics", **headers)
        assert status == 200
        figures = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples
        }  # fmt: skip
        assert figures["stillwater_requests_total", "GET", "storefront:guides", "200"] == 10
        assert figures["stillwater_queue_length", "payments"] == 0


def _rows(database, query):
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()


def _publish(broker, *tasks):
    """Put tasks (name, arguments) into their queues, as the shop does within the request GIVEN."""
    set_guid(GIVEN)
    with Connection(broker) as connection:
        for name, *args in tasks:
            app.send_task(name, args=args, connection=connection)
    clear_guid()


@pytest.fixture(scope="module")
def waiting(database, broker):
    """The broker, with a payment and another task behind thousands of e-mails."""
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO stripe_payments_stripeevent (id, event_id, kind, object_id, created_at,"
            " received_at, deliveries, state, attempts, next_try_at, last_error)"
            " VALUES (77, 'evt_77', 'unheard.of', 'pi_1', now(), now(), 1, 'waiting', 0, now(), '')"
        )
    email = "plugins.order_emails.tasks.send_email"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.conf, "task_always_eager", False)
        _publish(broker, *((email, number) for number in range(MANY_EMAILS)))
        _publish(broker, ("plugins.stripe_payments.tasks.process_event", 77))
        _publish(broker, ("plugins.inventory.tasks.check_ledger",))
    with redis.Redis.from_url(broker) as waiting:
        assert [waiting.llen(name) for name in QUEUES] == [1, MANY_EMAILS, 1]
        yield waiting


@pytest.fixture(scope="module")
def payments_log(waiting, image, environment, folder):
    """The log of the worker for payments: two tests share it, for it takes long to start."""
    with starting(image, environment, folder, "payments.log") as start:
        start(SERVICES["worker-payments"]["command"])
        yield folder / "payments.log"


def test_the_worker_answers_its_health_check(payments_log, run):
    # its health check costs a start of Celery each time
    assert wait_until(lambda: "ready." in payments_log.read_text(), 60), payments_log.read_text()
    assert wait_until(lambda: run(SERVICES["worker-payments"]["healthcheck"]["test"])[0] == 0, 60)


def test_a_payment_and_all_else_is_worked_on_while_thousands_of_emails_wait(
    waiting, payments_log, start, database, folder
):
    tried = "SELECT attempts FROM stripe_payments_stripeevent WHERE id = 77"
    assert wait_until(lambda: _rows(database, tried) == [(1,)], 60), payments_log.read_text()
    assert [waiting.llen(name) for name in QUEUES] == [0, MANY_EMAILS, 1]
    reports = "SELECT kind, what, page, count, request_id FROM dashboard_errorreport"
    told = ("task", "KeyError", "plugins.stripe_payments.tasks.process_event", 1, GIVEN)
    assert wait_until(lambda: _rows(database, reports) == [told], 60), payments_log.read_text()
    printed = payments_log.read_text().splitlines()
    lines = [json.loads(line) for line in printed if line.startswith("{")]
    (error,) = [line for line in lines if line["level"] == "ERROR"]
    assert (error["logger"], error["request_id"]) == ("plugins.stripe_payments.events", GIVEN)

    start(SERVICES["worker-emails"]["command"])
    checked = "SELECT count(*) FROM inventory_ledgercheck"
    assert wait_until(lambda: _rows(database, checked) == [(1,)], 60), _log(folder)
    assert waiting.llen("emails") > 0
    waiting.delete("emails")


def _log(folder):
    return (folder / "output.log").read_text()


def test_the_clock_starts_and_is_healthy(start, run):
    process = start(SERVICES["beat"]["command"])

    assert wait_until(lambda: run(SERVICES["beat"]["healthcheck"]["test"])[0] == 0, 60)
    assert process.poll() is None
