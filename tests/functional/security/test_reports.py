"""Errors reach somebody, and nothing that customers typed, bought or are called goes along."""

import logging
import threading

import pytest
import sentry_sdk
import sentry_sdk.logger  # which nothing else may have imported yet
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from sentry_sdk.transport import Transport

from dashboard.models import ErrorReport
from dashboard.services.personal_data import keep_report
from plugins.ordering import refunds
from plugins.ordering.links import order_link
from plugins.ordering.tasks import perform_refund
from saleor_config import reports
from saleor_config.reports import Frame, Limiter, Report, start_sentry
from storefront.views import catalogue
from tests import personas
from tests.factories import UserFactory
from tests.functional.discretion.words import found, sensitive_words
from tests.unit.dashboard import builders

PERSONAL = ("robin", "marsh", "mill lane", "bluebell", "192.0.2.77", "4242424242424242", "s3cr3t")
WORDS = " ".join(sorted(sensitive_words()))
PLANTED = f"{WORDS} Robin Marsh <robin@example.org> Mill Lane Bluebell 4242424242424242 s3cr3t"


@pytest.fixture(autouse=True)
def own_ears(monkeypatch):
    """Give each test listeners, keepers and a minute of its own."""
    monkeypatch.setattr(reports, "_listeners", [])
    monkeypatch.setattr(reports, "_keepers", [])
    monkeypatch.setattr(reports, "_limiter", Limiter(1000))


class Recorder(Transport):
    """Keeps the bytes that would be sent."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope)

    @property
    def events(self):
        return [event for envelope in self.sent if (event := envelope.get_event())]

    @property
    def text(self):
        return b"\n".join(envelope.serialize() for envelope in self.sent).decode().lower()


@pytest.fixture
def sentry():
    transport = Recorder()
    start_sentry("https://key@sentry.example/1", transport=transport)
    yield transport
    stop_sentry()


def stop_sentry():
    """Send nothing from now on; the SDK's own integrations would patch Django for good."""
    sentry_sdk.init(default_integrations=False, auto_enabling_integrations=False)


@pytest.fixture
def told():
    """Collect the reports themselves."""
    collected = []
    reports.tell_too(lambda report, times: collected.append((report, times)))
    return collected


def assert_tells_nothing(sentry):
    assert sentry.sent
    assert found(sensitive_words(), [("sentry", sentry.text)]) == []
    assert [word for word in PERSONAL if word in sentry.text] == []
    for part in ("@example", "/sets/", "/orders/", "http://testserver", "?q=", "cookie"):
        assert part not in sentry.text


def fail_in(monkeypatch, error):
    """Let a product's page fail, with planted words in whatever a tool could read."""

    def fail(*_args, **_kwargs):
        planted = {"name": PLANTED, "card": "4242424242424242"}
        sentry_sdk.add_breadcrumb(message=PLANTED)
        logging.getLogger("plugins.ordering").info("about %s", planted)
        if isinstance(error, Exception):
            raise error
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(error, [PLANTED])

    monkeypatch.setattr(catalogue.selectors, "get_product", fail)


def ask(method="get", **sent):
    client = Client(
        raise_request_exception=False,
        headers={"referer": f"http://testserver/sets/x/?q={PLANTED[:200]}", "user-agent": PLANTED},
        REMOTE_ADDR="192.0.2.77",
    )
    client.cookies["basket"] = "s3cr3t-robin"
    return getattr(client, method)("/sets/dilator-starter-set/?q=robin+marsh", **sent)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(PLANTED),
        KeyError("robin"),
        UnicodeDecodeError("utf-8", PLANTED.encode(), 0, 1, "robin"),
        IntegrityError(f"DETAIL: Key (email)=({PLANTED}) already exists."),
        "SELECT %s::int",
        "SELECT nothing FROM robin WHERE name = %s",
    ],
    ids=["text", "key", "bytes", "constraint", "parameter", "statement"],
)
def test_an_error_of_a_page_is_sent_without_what_was_asked(sentry, monkeypatch, error):
    fail_in(monkeypatch, error)
    answer = ask()
    assert answer.status_code == 500
    (event,) = sentry.events
    assert event["transaction"] == "storefront:set"
    assert event["tags"]["request_id"] == answer.headers["X-Request-ID"]
    assert event["tags"]["status"] == "500"
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    assert {"module", "function", "lineno", "in_app"} == {key for frame in frames for key in frame}
    assert any(frame["module"].startswith("storefront.views.catalogue") for frame in frames)
    assert_tells_nothing(sentry)


@pytest.mark.django_db
def test_a_form_with_an_order_link_and_a_person_is_sent_without_them(sentry, monkeypatch):
    link = order_link(order=builders.order())
    fail_in(monkeypatch, RuntimeError(link))
    ask("post", data={"email": "robin@example.org", "note": PLANTED, "link": link})
    client = personas.customer(UserFactory(email="robin@example.org", first_name="Robin"))
    client.raise_request_exception = False
    assert client.get("/sets/dilator-starter-set/").status_code == 500
    assert len(sentry.events) == 1
    assert_tells_nothing(sentry)
    assert link.rstrip("/").rsplit("/", 1)[1].lower() not in sentry.text


@pytest.mark.django_db
def test_a_failed_task_is_sent_by_its_name_without_arguments(sentry, monkeypatch):
    def fail(*, refund_id):
        raise RuntimeError(f"{PLANTED} {refund_id}")

    monkeypatch.setattr(refunds, "perform_refund", fail)
    perform_refund.apply(args=[987654], kwargs={}, throw=False)
    (event,) = sentry.events
    assert event["transaction"] == "plugins.ordering.tasks.perform_refund"
    assert event["tags"]["kind"] == "task"
    assert "987654" not in sentry.text
    assert_tells_nothing(sentry)


@pytest.mark.django_db
def test_a_slow_page_is_sent_by_its_name(sentry, settings):
    settings.SLOW_REQUEST_MS = -1
    assert ask().status_code == 404
    assert sentry.events == []  # 0 and less: none is slow
    settings.SLOW_REQUEST_MS = 1
    with pytest.MonkeyPatch.context() as patch:
        ticks = iter((10.0, 12.5))
        patch.setattr("saleor_config.metrics.time.perf_counter", lambda: next(ticks))
        ask()
    (event,) = sentry.events
    assert (event["level"], event["transaction"]) == ("warning", "storefront:set")
    assert event["tags"]["milliseconds"] == "2500"
    assert event["exception"]["values"][0]["type"] == "SlowPage"
    assert_tells_nothing(sentry)


def misuse(scope):
    """Hand everything that the SDK takes to it, as careless code or a new integration would."""
    scope.set_user({"id": "robin", "email": "robin@example.org", "ip_address": "192.0.2.77"})
    scope.set_tag("name", PLANTED[:190])
    scope.set_tag("request_id", "robin")
    scope.set_extra("body", PLANTED)
    scope.set_context("order", {"address": PLANTED})
    scope.set_transaction_name("robin")
    scope.add_attachment(bytes=PLANTED.encode(), filename="robin.txt")
    scope.add_breadcrumb(message=PLANTED)
    scope.fingerprint = ["robin"]


def fail_with_local_words():
    robin = PLANTED
    raise ValueError(robin)


def test_whatever_else_is_handed_to_the_sdk_stays_here(sentry):
    with sentry_sdk.new_scope() as scope:
        misuse(scope)
        sentry_sdk.capture_message(PLANTED)
        with pytest.raises(ValueError, match="Robin") as raised:
            fail_with_local_words()
        sentry_sdk.capture_exception(raised.value)
        sentry_sdk.capture_event({"request": {"url": PLANTED}, "logentry": {"message": PLANTED}})
        with sentry_sdk.start_transaction(name=PLANTED, op="robin", sampled=True) as span:
            span.set_data("robin", PLANTED)
        sentry_sdk.logger.error(PLANTED)
        sentry_sdk.metrics.count("robin", 1)
        logging.getLogger("plugins.x").error(PLANTED, extra={"robin": PLANTED})
    sentry_sdk.flush()
    assert len(sentry.events) == 4
    assert [len(envelope.items) for envelope in sentry.sent] == [1] * 4
    assert_tells_nothing(sentry)


@pytest.mark.parametrize("address", ["", "https://key@sentry.example/1"])
def test_the_setting_starts_it(settings, monkeypatch, address):
    started = []
    monkeypatch.setattr("saleor_config.reports.start_sentry", started.append)
    settings.SENTRY_DSN = address
    apps.get_app_config("saleor_config").ready()
    assert started == ([address] if address else [])


@pytest.mark.parametrize("address", ["sentry", "https://sentry.example", "https://key@/1"])
def test_an_address_that_is_none_stops_the_start_in_one_line(address):
    with pytest.raises(SystemExit, match=r"^stillwater: SENTRY_DSN must be an address"):
        start_sentry(address)


def test_without_an_address_nothing_is_sent(told, monkeypatch):
    stop_sentry()
    monkeypatch.setattr(Transport, "capture_envelope", lambda *_args: pytest.fail("sent"))
    logging.getLogger("plugins.x").error("failed")
    sentry_sdk.capture_message("failed")
    assert len(told) == 1


# --- what is reported ------------------------------------------------------------------
def test_an_error_that_a_service_goes_on_after_is_told_of_by_its_place(told):
    try:
        fail_with_local_words()
    except ValueError:
        logging.getLogger("plugins.stripe_payments.events").exception("event 7 again")
    ((report, times),) = told
    assert (report.kind, report.what, report.page, times) == ("error", "ValueError", "", 1)
    assert report.place.function == "fail_with_local_words"


def test_a_broken_log_record_changes_nothing(told):
    record = logging.getLogger("x").makeRecord("x", logging.ERROR, "f", 1, "%s %s", ("one",), None)
    record.exc_info = ("no", "error", "at all")
    reports.ReportHandler().handle(record)
    assert told == []


def test_a_line_without_an_error_is_told_of_by_its_logger(told):
    logging.getLogger("plugins.order_emails.outbox").error("e-mail 7: given up")
    ((report, _times),) = told
    assert report.what == "plugins.order_emails.outbox"
    assert report.place.line > 0


@pytest.mark.parametrize("level", ["debug", "info", "warning"])
def test_lesser_lines_are_not_reported(told, level):
    getattr(logging.getLogger("plugins.x"), level)("x")
    assert told == []


def test_what_outsiders_bring_about_is_not_reported(told):
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header")
    assert told == []


def report(what="ValueError", **fields):
    return Report("error", what, frames=(Frame("plugins.x", "f", 7),), **fields)


def test_the_same_fault_has_one_fingerprint_wherever_its_line_has_moved():
    moved = Report("error", "ValueError", frames=(Frame("plugins.x", "f", 99),), request_id="1")
    assert report().fingerprint == moved.fingerprint
    assert report("KeyError").fingerprint != moved.fingerprint
    assert report(page="a").fingerprint != report(page="b").fingerprint


def test_the_place_is_in_our_own_code_if_it_passed_there():
    ours, theirs = Frame("plugins.x", "f", 7), Frame("django.db", "g", 9)
    assert Report("error", "E", frames=(ours, theirs)).place == ours
    assert Report("error", "E", frames=(theirs,)).place == theirs
    assert Report("slow", "E").place is None


def test_a_minute_has_room_for_some_and_the_others_are_counted_for_the_next():
    now = [0.0]
    limiter = Limiter(2, clock=lambda: now[0])
    assert [limiter.times("a") for _ in range(5)] == [1, 1, 0, 0, 0]
    assert limiter.times("b") == 0
    now[0] = 61.0
    assert limiter.times("a") == 4
    assert limiter.times("b") == 2
    assert limiter.times("b") == 0


# --- what is kept for staff ------------------------------------------------------------
@pytest.fixture
def kept(transactional_db):
    reports.keep_with(keep_report)
    return ErrorReport.objects


@pytest.mark.parametrize(
    "error", [RuntimeError("robin"), "SELECT %s::int"], ids=["ours", "database"]
)
def test_an_error_outlives_the_transaction_that_it_ends(kept, monkeypatch, error):
    fail_in(monkeypatch, error)
    with transaction.atomic():
        answer = ask()
        transaction.set_rollback(True)
    assert answer.status_code == 500
    row = kept.get()
    assert (row.kind, row.page, row.count, row.status) == ("error", "storefront:set", 1, 500)
    assert row.place.startswith("storefront.")
    assert row.request_id == answer.headers["X-Request-ID"]
    assert [word for word in PERSONAL if word in str(vars(row)).lower()] == []


def test_the_same_fault_is_one_row_with_its_first_and_last_time(kept):
    begin = timezone.now()
    for number in range(3):
        reports.tell(report(request_id=str(number) * 32))
    reports.tell(report("KeyError"))
    row = kept.get(what="ValueError")
    assert (row.count, row.request_id, row.place) == (3, "2" * 32, "plugins.x:f:7")
    assert begin <= row.first_at < row.last_at
    assert kept.count() == 2


def test_what_a_minute_had_no_room_for_is_added_later(kept, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(reports, "_limiter", Limiter(2, clock=lambda: now[0]))
    for _ in range(50):
        reports.tell(report())
    assert kept.get().count == 2
    now[0] = 60.0
    reports.tell(report())
    assert kept.get().count == 51


@pytest.mark.django_db
def test_a_keeper_that_fails_changes_no_answer(monkeypatch):
    def fail(*_report):
        raise RuntimeError("the database is gone")

    reports.keep_with(fail)
    reports.tell_too(fail)
    fail_in(monkeypatch, RuntimeError("x"))
    answer = ask()
    assert answer.status_code == 500
    assert "<h1" in answer.content.decode()


def test_a_keeper_that_hangs_holds_up_one_answer_for_a_moment_and_no_other(monkeypatch):
    monkeypatch.setattr(reports, "MAX_WAIT", 0.01)
    go_on, called = threading.Event(), []

    def hang(*given):
        called.append(given)
        go_on.wait(20)

    reports.keep_with(hang)
    for _ in range(5):
        reports.tell(report())
    assert len(called) == 1
    go_on.set()
    reports._storing.join()


def test_keeping_reports_what_fails_in_it_to_nobody(told, transactional_db):
    def log(*_report):
        logging.getLogger("plugins.x").error("cannot keep it")

    reports.keep_with(log)
    reports.tell(report())
    assert len(told) == 1
