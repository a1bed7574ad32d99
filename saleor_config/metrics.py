"""Figures for Prometheus at /metrics: requests and their times, and how the shop's work stands.

Labels are names of our own (patterns of addresses, queues) and numbers. Nothing that a visitor
sends becomes one: an unknown method is "other", an unknown address "unknown". (django-prometheus
is not used, as it takes the method as it comes.)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from dashboard.selectors.orders import WAITING_FOR_PAYMENT, orders_with_payment
from dashboard.selectors.stock import latest_check
from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
from plugins.stripe_payments.models import EventState, StripeEvent
from saleor_config import celery, reports

# Where the processes of one server keep their figures; it must be there before the first of them.
_SHARED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if _SHARED:
    Path(_SHARED).mkdir(parents=True, exist_ok=True)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
UNKNOWN = "unknown"

REQUESTS = Counter("stillwater_requests", "Answers.", ("page", "method", "status"))
SECONDS = Histogram(
    "stillwater_request_seconds",
    "Time until the answer was ready, by page.",
    ("page",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


# --- each request ----------------------------------------------------------------------
class Watch:
    """Middleware that counts and times each request, and reports those that took too long."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; its page is known once its address was resolved."""
        token, begin = reports.current_page.set(""), time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            reports.current_page.reset(token)
        _count(request, response.status_code, time.perf_counter() - begin)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note the page, for what goes wrong on it."""
        reports.current_page.set(reports.page_name(request))


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    page = reports.page_name(request) or UNKNOWN
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(page, method, str(status)).inc()
    SECONDS.labels(page).observe(seconds)
    milliseconds = round(seconds * 1000)
    if 0 < settings.SLOW_REQUEST_MS < milliseconds:
        reports.report_slow(milliseconds, page)


# --- the shop's work -------------------------------------------------------------------
@dataclass(frozen=True)
class Figure:
    """One figure that is read when it is asked for; `read` returns it by the label's value."""

    name: str
    help: str
    read: Callable[[], dict[str, float]]
    label: str = ""


def _one(read: Callable[[], float | None]) -> Callable[[], dict[str, float]]:
    """Return a reading without label; a figure that is not known is left out."""

    def reading() -> dict[str, float]:
        return {} if (figure := read()) is None else {"": figure}

    return reading


def _oldest(rows: QuerySet, field: str) -> float:
    """Return the seconds since the oldest row that was due, 0 if none is."""
    now = timezone.now()
    due = rows.filter(next_try_at__lte=now).aggregate(first=Min(field))["first"]
    return (now - due).total_seconds() if due else 0.0


def _unsent() -> QuerySet[OutgoingEmail]:
    return OutgoingEmail.objects.filter(state__in=UNSENT)


def _emails(state: str) -> int:
    return OutgoingEmail.objects.filter(state=state).count()


def _events(state: str) -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(state=state)


def _differences() -> int | None:
    check = latest_check()
    return check.differences if check else None


def _check_age() -> float | None:
    check = latest_check()
    return (timezone.now() - check.at).total_seconds() if check else None


def queue_lengths() -> dict[str, float]:
    """Return how many tasks wait in each queue; those that a worker has taken are not counted."""
    with celery.app.connection_for_read() as connection:
        client = connection.default_channel.client
        return {queue.name: client.llen(queue.name) for queue in settings.CELERY_TASK_QUEUES}


FIGURES = (
    Figure("queue_length", "Tasks that wait for a worker.", queue_lengths, "queue"),
    Figure("outbox_waiting", "E-mails not sent yet.", _one(lambda: _unsent().count())),
    Figure(
        "outbox_age_seconds",
        "Age of the oldest e-mail that should have left.",
        _one(lambda: _oldest(_unsent(), "created_at")),
    ),
    Figure("emails_failed", "E-mails to be tried again.", _one(lambda: _emails(EmailState.FAILED))),
    Figure("emails_given_up", "E-mails given up.", _one(lambda: _emails(EmailState.DEAD))),
    Figure(
        "unpaid_holds",
        "Unpaid orders that hold stock.",
        _one(lambda: orders_with_payment().filter(WAITING_FOR_PAYMENT).count()),
    ),
    Figure("ledger_differences", "Differences that the last check found.", _one(_differences)),
    Figure("ledger_check_age_seconds", "Age of the last check of the ledger.", _one(_check_age)),
    Figure(
        "webhooks_waiting",
        "Events of Stripe not worked on yet.",
        _one(lambda: _events(EventState.WAITING).count()),
    ),
    Figure(
        "webhooks_age_seconds",
        "Age of the oldest event of Stripe that should be done.",
        _one(lambda: _oldest(_events(EventState.WAITING), "received_at")),
    ),
    Figure(
        "webhooks_given_up",
        "Events of Stripe given up.",
        _one(lambda: _events(EventState.DEAD).count()),
    ),
)


class Figures:
    """Reads all figures for Prometheus; one that cannot be read is told of by its name."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure, then which of them could not be read."""
        failed = GaugeMetricFamily(
            "stillwater_figure_failed", "1 for a figure that could not be read.", labels=["figure"]
        )
        for figure in FIGURES:
            try:
                yield _family(figure, figure.read())
            except Exception:  # noqa: BLE001  without the broker, the database still answers
                failed.add_metric([figure.name], 1)
        yield failed


def _family(figure: Figure, readings: dict[str, float]) -> GaugeMetricFamily:
    labels = [figure.label] if figure.label else []
    family = GaugeMetricFamily(f"stillwater_{figure.name}", figure.help, labels=labels)
    for value, reading in readings.items():
        family.add_metric([value] if labels else [], reading)
    return family


# --- the page --------------------------------------------------------------------------
def answer_metrics(get_response: GetResponse) -> GetResponse:
    """Answer /metrics to whoever has METRICS_TOKEN, as 404 to everybody else.

    It stands before ALLOWED_HOSTS and the redirect to https: it is asked by an inner address.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/metrics" and _has_token(request):
            return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)
        return get_response(request)

    return middleware


def _has_token(request: HttpRequest) -> bool:
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(wanted) and constant_time_compare(given, f"Bearer {wanted}")


def _registry() -> CollectorRegistry:
    """Return what is answered: of all processes of this server, if they share a folder."""
    registry = CollectorRegistry()
    registry.register(Figures())
    if _SHARED:
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return registry
