"""One id follows a request into its answer, its log lines and its tasks; nobody else chooses it."""

import json
import logging
import re
from io import StringIO

import pytest
from django_guid import clear_guid, get_guid, set_guid
from django_guid.log_filters import CorrelationId
from kombu import Connection

from plugins.ordering.tasks import perform_refund
from saleor_config.logs import JsonFormatter, LineFormatter, logging_config
from storefront.views import catalogue

GIVEN = "0123456789abcdef0123456789abcdef"
AS_UUID = "01234567-89ab-4cde-8f01-23456789abcd"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/nowhere/", "/staff/", "/?q=%00", "/account/", "/static/nothing.css"]
)
def test_each_answer_has_an_id_of_its_own(client, path):
    first, second = (client.get(path).headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize(
    "given", [GIVEN, AS_UUID, "robin", "a" * 5000, "x\ny", "", "{" + GIVEN + "}"]
)
def test_an_id_of_a_visitor_is_not_taken(client, given):
    assert given not in client.get("/", headers={"x-request-id": given}).headers.values()


@pytest.mark.parametrize(
    ("given", "taken"),
    [(GIVEN, True), (AS_UUID, True), (GIVEN.upper(), False), ("robin", False), (f"{GIVEN}-x", False),
     ("urn:uuid:" + GIVEN, False), ("-" * 32, False), (GIVEN + "\n", False)],
)  # fmt: skip
def test_the_proxys_id_is_taken_if_it_is_one(client, settings, given, taken):
    settings.TRUSTED_REQUEST_IDS = True
    answer = client.get("/", headers={"x-request-id": given})
    assert (answer.headers["X-Request-ID"] == given) is taken


def test_the_log_has_the_id_of_the_answer(client, monkeypatch, caplog):
    def fail(*_args):
        raise RuntimeError("x")

    monkeypatch.setattr(catalogue.selectors, "get_product", fail)
    caplog.handler.addFilter(CorrelationId("request_id"))
    client.raise_request_exception = False
    answer = client.get("/sets/x/")
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.request_id == answer.headers["X-Request-ID"]
    line = LineFormatter("%(message)s").format(record).splitlines()[0]
    assert line == f"Internal Server Error: (path) [storefront:set] [{record.request_id}]"


def test_a_task_carries_the_id_of_the_request_that_asked_for_it(monkeypatch):
    monkeypatch.setitem(perform_refund.app.conf, "task_always_eager", False)
    set_guid(GIVEN)
    with Connection("memory://") as connection:
        perform_refund.app.send_task(perform_refund.name, args=[1], connection=connection)
        message = connection.SimpleQueue("payments").get(block=False)
    clear_guid()
    assert message.headers["X-Request-ID"] == GIVEN


def test_a_task_that_nobody_asked_for_has_an_id_of_its_own(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "plugins.ordering.refunds.perform_refund", lambda **_id: seen.append(get_guid())
    )
    for _ in range(2):
        perform_refund.apply(args=[1])
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in seen)
    assert len(set(seen)) == 2
    assert get_guid() is None


# --- JSON lines ------------------------------------------------------------------------
@pytest.fixture
def json_line():
    """Log as a live shop does, and return the object of one line."""
    output = StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(CorrelationId("request_id"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: json.loads(output.getvalue())
    root.removeHandler(handler)


def test_a_live_shop_logs_json_with_ids():
    config = logging_config("INFO", form="json")
    console = config["handlers"]["console"]
    assert (console["formatter"], console["filters"]) == ("json", ["request_id"])
    assert config["formatters"]["json"]["()"] == "saleor_config.logs.JsonFormatter"


def test_an_object_says_where_and_in_which_request(client, json_line):
    answer = client.post("/orders/open/secret-link/")
    said = json_line()
    assert said.pop("time").endswith("+00:00")
    assert said == {
        "level": "WARNING", "logger": "django.request", "page": "storefront:order_open",
        "message": "Method Not Allowed (POST): (path)", "status": 405,
        "request_id": answer.headers["X-Request-ID"],
    }  # fmt: skip


def test_an_object_holds_an_error_scrubbed_and_nothing_that_the_call_added(json_line):
    typed = " ".join(("/orders/open/secret/", "of", "robin@example.org"))
    added = {"body": "secret", "data": {"a": "robin"}}
    try:
        int(typed)
    except ValueError:
        logging.getLogger("x").exception("at %s", "/sets/gentle/", extra=added)
    said = json_line()
    assert set(said) == {"time", "level", "logger", "message", "error"}
    assert said["message"] == "at (path)"
    assert "'(path) of (address)'" in said["error"]
    assert not re.search("open/secret|robin@|gentle", json.dumps(said))
