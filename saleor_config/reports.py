"""What went wrong, told to whoever runs the shop in words of our own code alone, and to Sentry.

Errors come here as log records: Django logs each page that fails, Celery each task, and a service
that goes on after an error logs it. So nobody has to remember to report one. A report is put
together from a list of facts (`Report`); what an error says, what was asked, by whom and with
which values is never looked at, for any of it may name a person or what they bought.

Whoever wants to hear of them says so with `tell_too` (Sentry) or `keep_with` (the dashboard). What
an event of Sentry may hold is a list of what may pass, not of what must not: a word that nobody
thought of stays here too.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import FrameType, TracebackType
from typing import Any

import sentry_sdk
from django.http import HttpRequest
from django_guid import get_guid
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.utils import BadDsn, Dsn

from saleor_config.settings.env import VARIABLES, refuse

OUR_PACKAGES = ("dashboard", "plugins", "product_content", "saleor_config", "storefront")
ERROR, TASK, SLOW = "error", "task", "slow"
MAX_PER_MINUTE = 30  # reports of one process; those over it are counted, and told later
MAX_WAIT = 1.0  # seconds that a page waits for its report to be stored
_MAX_FRAMES = 40
# What outsiders bring about (a wrong host, a forged form), and what would report itself.
_IGNORED = ("django.security", "sentry_sdk", "urllib3")
NAME = re.compile(r"[\w.<>:-]{1,200}")  # of code: a type, a function, a pattern of addresses
REQUEST_ID = re.compile(r"[0-9a-f-]{32,36}")

current_page: ContextVar[str] = ContextVar("current_page", default="")


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on the way to an error."""

    module: str
    function: str
    line: int

    @property
    def is_ours(self) -> bool:
        """Say whether it is code of the shop, and not what stands around each of its queries."""
        own = self.module.split(".")[0] in OUR_PACKAGES
        return own and self.module != "product_content.page_changes"


@dataclass(frozen=True, slots=True)
class Report:
    """One error, failed task or slow page.

    `what` is the type of the error, or the logger that was told; `page` the name of the address or
    of the task ("" outside of both); `milliseconds` how long a slow page took, else 0.
    """

    kind: str
    what: str
    page: str = ""
    frames: tuple[Frame, ...] = ()
    status: int = 0
    milliseconds: int = 0
    request_id: str = ""

    @property
    def place(self) -> Frame | None:
        """Return the last call in our own code, or the last one."""
        return next((frame for frame in reversed(self.frames) if frame.is_ours), None) or (
            self.frames[-1] if self.frames else None
        )

    @property
    def fingerprint(self) -> str:
        """Return what two reports of one fault have in common; lines of code may have moved."""
        place = self.place
        where = (place.module, place.function) if place else ()
        return hashlib.sha256(repr((self.kind, self.what, self.page, where)).encode()).hexdigest()


# --- from a log record to a report -----------------------------------------------------
class ReportHandler(logging.Handler):
    """Tells of each record of level ERROR; it never raises, and never reports itself."""

    def emit(self, record: logging.LogRecord) -> None:
        """Report the record, unless it comes of reporting another."""
        if not record.name.startswith(_IGNORED):
            with suppress(Exception):
                tell(report_of(record))


def report_of(record: logging.LogRecord) -> Report:
    """Return what may be told of a record that an error was logged with."""
    error, _, trace = record.exc_info or (None, None, None)
    task = _task_name()
    return Report(
        kind=TASK if task else ERROR,
        what=_name_of(error) if error else record.name,
        page=task or page_name(getattr(record, "request", None)) or current_page.get(),
        frames=tuple(_frames(trace)) if trace else (_logged_at(record),),
        status=_status(record),
        request_id=_request_id(),
    )


def report_slow(milliseconds: int, page: str) -> None:
    """Tell of a page that took longer than SLOW_REQUEST_MS."""
    tell(Report(SLOW, "SlowPage", page, milliseconds=milliseconds, request_id=_request_id()))


def _name_of(error: type) -> str:
    name = f"{error.__module__}.{error.__qualname__}".removeprefix("builtins.")
    return name if NAME.fullmatch(name) else "error"


def page_name(request: HttpRequest | None) -> str:
    """Return the name of the pattern that the request's address matched, "" if none did."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name) if match else ""


def _task_name() -> str:
    from celery import current_task

    return str(current_task.name) if current_task else ""


def _status(record: logging.LogRecord) -> int:
    status = getattr(record, "status_code", 0)
    return status if isinstance(status, int) else 0


def _request_id() -> str:
    given = get_guid() or ""
    return given if REQUEST_ID.fullmatch(given) else ""


def _frames(trace: TracebackType | None) -> Iterator[Frame]:
    calls = []
    while trace:
        calls.append(_frame(trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    yield from calls[-_MAX_FRAMES:]


def _frame(frame: FrameType, line: int) -> Frame:
    module = str(frame.f_globals.get("__name__", ""))
    return Frame(module, frame.f_code.co_name, line)


def _logged_at(record: logging.LogRecord) -> Frame:
    return Frame(record.name, record.funcName or "", record.lineno)


# --- no flood --------------------------------------------------------------------------
class Limiter:
    """Lets some reports through in each minute, and counts the others for the next time."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._since, self._used = clock(), 0
        self._kept_back: Counter[str] = Counter()
        self._lock = threading.Lock()

    def times(self, fingerprint: str) -> int:
        """Return how many reports the one that comes stands for; 0 if it has to wait."""
        with self._lock:
            self._begin_minute()
            self._kept_back[fingerprint] += 1
            if self._used >= self._most:
                return 0
            self._used += 1
            return self._kept_back.pop(fingerprint)

    def _begin_minute(self) -> None:
        now = self._clock()
        if now - self._since >= 60:  # noqa: PLR2004  seconds
            self._since, self._used = now, 0


# --- who is told -----------------------------------------------------------------------
Listener = Callable[[Report, int], None]  # the report, and how many like it there were

_listeners: list[Listener] = []
_keepers: list[Listener] = []
_limiter = Limiter(MAX_PER_MINUTE)
_busy = threading.local()
_storing: threading.Thread | None = None


def tell_too(listener: Listener) -> None:
    """Hand each report to `listener` at once, where the error was met."""
    if listener not in _listeners:
        _listeners.append(listener)


def keep_with(keeper: Listener) -> None:
    """Hand each report to `keeper` as well, in a thread and with connections of its own.

    So a report outlives the transaction that the error ends, and cannot end it.
    """
    if keeper not in _keepers:
        _keepers.append(keeper)


def tell(report: Report) -> None:
    """Tell listeners and keepers of a report, if this minute still has room; never raises."""
    if getattr(_busy, "telling", False):
        return
    _busy.telling = True
    try:
        if times := _limiter.times(report.fingerprint):
            for listen in _listeners:
                listen(report, times)
            _store(report, times)
    except Exception:  # noqa: BLE001, S110  telling of an error must not be the next one
        pass
    finally:
        _busy.telling = False


def _store(report: Report, times: int) -> None:
    global _storing  # noqa: PLW0603  one at a time: a database that hangs collects no threads
    if _storing and _storing.is_alive():
        return
    _storing = threading.Thread(target=partial(_keep, tuple(_keepers), report, times), daemon=True)
    _storing.start()
    _storing.join(MAX_WAIT)


def _keep(keepers: Iterable[Listener], report: Report, times: int) -> None:
    from django.db import connections

    _busy.telling = True  # what goes wrong in here is not told in turn
    try:
        for keep in keepers:
            keep(report, times)
    except Exception:  # noqa: BLE001, S110  the log has the error that was to be kept
        pass
    finally:
        connections.close_all()


# Set by the SDK or by whoever runs the shop.
_PLAIN = ("event_id", "timestamp", "level", "platform", "sdk", "environment", "release")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"\d{1,12}")
_TAGS = {
    "kind": re.compile(rf"{ERROR}|{TASK}|{SLOW}"), "status": _NUMBER, "milliseconds": _NUMBER,
    "times": _NUMBER, "request_id": REQUEST_ID,
}  # fmt: skip


def start_sentry(dsn: str, **options: Any) -> None:
    """Send reports to Sentry from now on, and nothing else; `options` are the SDK's.

    An address that is none ends the process with one line.

    None of the integrations that read requests, tasks and queries is on. What other code hands to
    the SDK passes the same list (`allowed`).
    """
    try:
        Dsn(dsn)
    except BadDsn:
        refuse(f"SENTRY_DSN must be an address of Sentry's. {VARIABLES['SENTRY_DSN'].help}")
    sentry_sdk.init(
        dsn=dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=_nothing)],  # what is on its way still leaves
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_breadcrumb=_nothing,
        before_send=allowed,
        before_send_transaction=_nothing,
        before_send_log=_nothing,
        enable_logs=False,
        before_send_metric=_nothing,
        enable_metrics=False,
        propagate_traces=False,
        trace_propagation_targets=[],
        auto_session_tracking=False,
        **options,
    )
    tell_too(send)


def send(report: Report, times: int) -> None:
    """Send a report; without `start_sentry` nothing happens."""
    sentry_sdk.capture_event(event_of(report, times))  # type: ignore[arg-type]


def _nothing(_given: Any, _hint: Any) -> None:
    return None


def event_of(report: Report, times: int) -> dict[str, Any]:
    """Return the report as an event of Sentry's."""
    facts = {
        "kind": report.kind, "status": report.status, "request_id": report.request_id,
        "milliseconds": report.milliseconds, "times": times,
    }  # fmt: skip
    frames = [
        {
            "module": frame.module, "function": frame.function, "lineno": frame.line,
            "in_app": frame.is_ours,
        }
        for frame in report.frames
    ]  # fmt: skip
    return {
        "level": "warning" if report.kind == SLOW else "error",
        "transaction": report.page,
        "fingerprint": [report.fingerprint],
        "tags": {name: str(fact) for name, fact in facts.items() if fact},
        "exception": {"values": [{"type": report.what, "stacktrace": {"frames": frames}}]},
    }


def allowed(event: Any, hint: dict[str, Any]) -> Any:
    """Return a new event with what a report consists of; all else that was in it stays here.

    This is Sentry's `before_send`: whatever an event comes from, it leaves by this function.
    """
    hint["attachments"] = []
    kept = {name: event[name] for name in _PLAIN if name in event}
    errors = (event.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_allowed_error(error) for error in errors]}
    return kept | (_allowed_facts(event) if _is_report(event) else {})


def _is_report(event: Any) -> bool:
    """Say whether the event is one of ours; of others not even the names are ours."""
    return bool(_TAGS["kind"].fullmatch(str((event.get("tags") or {}).get("kind"))))


def _allowed_facts(event: Any) -> dict[str, Any]:
    tags, parts = event["tags"], event.get("fingerprint") or []
    return {
        "transaction": _only_name(event.get("transaction")),
        "fingerprint": [part for part in parts if _DIGEST.fullmatch(str(part))],
        "tags": {
            name: value for name, value in tags.items()
            if name in _TAGS and _TAGS[name].fullmatch(str(value))
        },
    }  # fmt: skip


def _allowed_error(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        "type": _only_name(error.get("type")),
        "stacktrace": {
            "frames": [
                {
                    "module": _only_name(frame.get("module")),
                    "function": _only_name(frame.get("function")),
                    "lineno": int(frame.get("lineno") or 0),
                    "in_app": bool(frame.get("in_app")),
                }
                for frame in frames
            ]
        },
    }


def _only_name(text: object) -> str:
    return text if isinstance(text, str) and NAME.fullmatch(text) else ""
