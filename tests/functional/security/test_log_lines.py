"""Whatever goes wrong, no line of the log holds a path, a search, a referrer or an address."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import URLPattern, get_resolver

from plugins.ordering.links import order_from_link, order_link
from saleor_config.logs import PAGES, LineFormatter, install, scrub
from storefront.views import catalogue
from tests import personas
from tests.unit.dashboard import builders

SECRETS = ("gentle", "secret", "robin", "/orders/", "/sets/", "/staff/", "/search")
pytestmark = pytest.mark.django_db


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def told(log):
    """Return what any of the secrets is found in: messages, arguments and tracebacks."""
    formatted = [LineFormatter("%(message)s").format(record) for record in log.records]
    plain = [logging.Formatter().format(record) for record in log.records]
    lines = [log.text, *formatted, *plain, *(str(record.args) for record in log.records)]
    return sorted({word for word in SECRETS for line in lines if word in line})


def logged(log, name):
    return [record for record in log.records if record.name.startswith(name)]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "get"])
@pytest.mark.parametrize(
    "path",
    ["/sets/gentle-set/", "/es/sets/gentle-set/", "/search/?q=secret", "/gentle words/?q=secret",
     "/fr/sets/gentle/", "/orders/open/secret-link/", "/account/reset/secret/secret/",
     "/staff/order/order/?q=robin", "/guides/gentle%20start/"],
)  # fmt: skip
def test_refused_methods_and_missing_pages_are_logged_without_their_path(log, method, path):
    client = Client(
        raise_request_exception=False, headers={"referer": "http://testserver/sets/gentle/"}
    )
    getattr(client, method)(path)
    assert told(log) == []


def test_a_405_on_a_signed_link_logs_nothing_that_opens_the_order(log):
    order = builders.order()
    link = order_link(order=order)
    signed = link.rstrip("/").rsplit("/", 1)[1]
    assert order_from_link(signed) == order
    assert Client().post(f"/orders/open/{signed}/").status_code == 405
    (record,) = logged(log, "django.request")
    assert (record.levelname, record.getMessage()) == (
        "WARNING",
        "Method Not Allowed (POST): (path)",
    )
    line = LineFormatter("%(message)s").format(record)
    assert line.endswith(f"[storefront:order_open] [{record.request_id}]")
    assert signed not in log.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"referer": "https://testserver/sets/gentle/?secret=1"}, {"referer": "https://evil.example/secret"},
     {"origin": "https://evil.example"}, {"referer": "gentle"}],
)  # fmt: skip
def test_a_form_without_its_token_is_logged_without_path_and_referrer(log, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    for path in ("/orders/link/", "/account/login/", "/es/orders/link/"):
        assert client.post(path, {"email": "robin@example.org"}, secure=True).status_code == 403
    assert logged(log, "django.security.csrf")
    assert told(log) == []


@pytest.mark.parametrize(
    "error",
    [RuntimeError("/sets/gentle-set/?q=secret of robin@example.org"), PermissionDenied("/orders/open/secret/"),
     SuspiciousOperation("at /sets/gentle/ from https://shop.example/search/?q=secret"),
     ValueError("<WSGIRequest: GET '/gentle/secret'>")],
    ids=["500", "403", "400", "request"],
)  # fmt: skip
def test_an_error_is_logged_with_its_lines_of_code_and_without_what_was_asked(
    log, error, monkeypatch
):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(catalogue.selectors, "get_product", fail)
    Client(raise_request_exception=False).get("/sets/gentle-set/?q=secret")
    (record,) = logged(log, "django.request") + logged(log, "django.security")
    assert 'tests/functional/security/test_log_lines.py", line' in log.text
    assert type(error).__name__ in log.text
    assert told(log) == []
    assert record.exc_info


def test_what_the_database_refused_is_not_quoted(log):
    error = ValueError("duplicate key\nDETAIL:  Key (email)=(robin secret) already exists.")
    logging.getLogger("plugins.x").error("failed", exc_info=error)
    assert "duplicate key" in log.text
    assert told(log) == []


@pytest.mark.parametrize(
    "name", ["plugins.ordering", "celery.app.trace", "urllib3", "granian", "django.server"]
)
@pytest.mark.parametrize(
    ("message", "args"),
    [("see %s", ("http://testserver/orders/open/secret/",)), ("at /sets/gentle/?q=secret", ()),
     ('"GET /search?q=secret HTTP/1.1" 404', ()), ("GET %r", ("/nowhere/gentle",)),
     ("%(path)s", ({"path": "/es/guides/gentle"},)), ("sent to Robin <robin@example.org>", ())],
)  # fmt: skip
def test_lines_of_every_logger_are_scrubbed(log, name, message, args):
    logging.getLogger(name).warning(message, *args)
    assert [word for word in told(log) if word != "/orders/"] == []
    assert "/orders/" not in log.text


@pytest.mark.parametrize(
    "text",
    ["order 7 of 3/4", 'File "/srv/shop/dashboard/admin/orders/page.py", line 3', "storefront/orders/order.html",
     "https://api.stripe.com", "a/b", "/var/x", "1/2 /", "plugins.orders", "and/or", 'File "/orders/x.py"'],
)  # fmt: skip
def test_what_is_no_address_stays_readable(text):
    assert scrub(text) == text


def test_the_list_of_pages_is_the_resolvers():
    first = {pattern_start(pattern) for pattern in flat(get_resolver().url_patterns)}
    assert first - {""} == set(PAGES)


def flat(patterns, before=""):
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern) or path.count("/"):
            yield path
        else:
            yield from flat(pattern.url_patterns, path)


def pattern_start(path):
    return path.lstrip("^").split("/")[0].replace("\\", "")


def test_installing_twice_scrubs_once():
    before = logging.getLogRecordFactory()
    install()
    assert logging.getLogRecordFactory() is before


def test_a_broken_log_call_stays_the_handlers_to_report():
    record = logging.getLogRecordFactory()("x", 20, "f", 1, "%s %s", ("one",), None)
    assert record.args == ("one",)


def test_staff_pages_are_named_by_their_pattern(log):
    personas.in_role("Packer").get("/staff/order/order/")
    (record,) = logged(log, "django.request")
    line = LineFormatter("%(message)s").format(record)
    assert line.startswith("Forbidden: (path) [admin:order_order_changelist] [")
