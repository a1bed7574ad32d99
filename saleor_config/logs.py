"""Log lines without addresses of pages, and without e-mail addresses.

A path says what somebody looks at, and a signed link in a log opens an order. Every record is
scrubbed where it is made, so that each handler, level and library is served alike: Django logs the
path of every 4xx and 5xx answer, and the referrer of a refused form.
"""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

# The first parts of our own addresses, behind which names, searches and secrets stand.
PAGES = (
    "about", "accent", "accessibility", "account", "basket", "care", "checkout", "contact",
    "cookies", "delivery", "faq", "finder", "gift-cards", "guides", "help", "how-we-know", "leave",
    "letter", "list", "media", "news", "open", "orders", "plan", "privacy", "rehearsal", "return",
    "returns", "reviews", "robots.txt", "saved", "search", "sets", "share", "singles",
    "sitemap", "sitemap.xml", "sizes", "staff", "stripe", "terms", "wishes",
)  # fmt: skip
_HIDDEN = "(path)"
_END = r"[^\s\"'<>]*"
_EMAIL = re.compile(r"[^\s\"'<>()\[\]:;,=@]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(rf"(?i)\b(https?://[^\s/\"'<>?#]+)[/?#]{_END}")
_REQUEST = re.compile(rf"\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE) (['\"]?)/{_END}")
_FIRST = f"(?:{'|'.join(map(re.escape, PAGES))})"
_OUR_PATH = re.compile(
    rf"(?i)(?<!File \")(?<![\w./-])"
    rf"(?:/+(?:[a-z]{{2}}/)?{_FIRST}(?:[/?#]{_END}|(?![\w.-]))|(?:[a-z]{{2}}/)?{_FIRST}/{_END})"
)
# The same as a part of another address, or of JSON.
_QUOTED_PATH = re.compile(rf"(?i)(%2F|\\+/)(?:[a-z]{{2}}\1)?{_FIRST}\1{_END}")
_ANY_PATH = re.compile(rf"(?<![\w./:-])/{_END}")
_OF_REQUESTS = ("django.request", "django.security", "django.server")


def logging_config(level: str, form: str = "line") -> dict[str, Any]:
    """Return Django's `LOGGING`: one line for each record, from `level` ("INFO") on.

    `form` is "line" for people, or "json" for programs. Errors are reported as well.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "saleor_config.logs.LineFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            },
            "json": {"()": "saleor_config.logs.JsonFormatter"},
        },
        "filters": {
            "request_id": {
                "()": "django_guid.log_filters.CorrelationId",
                "correlation_id_field": "request_id",
            }
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["request_id"],
            },
            "reports": {"class": "saleor_config.reports.ReportHandler", "level": "ERROR"},
        },
        "root": {"handlers": ["console", "reports"], "level": level},
        "loggers": {
            "axes": {"level": "WARNING"},
            "django_guid": {"level": "ERROR"},  # it would tell of each request, and its header
            "django.template": {"level": "INFO"},  # at DEBUG it prints what a page is made of
            "fontTools": {"level": "WARNING"},  # at INFO it names the letters of a label
            "stripe": {"level": "WARNING"},  # at INFO it names the addresses of payment pages
        },
    }


def scrub(text: str) -> str:
    """Return the text with the paths of our pages, URLs' paths and e-mail addresses hidden."""
    text = _URL.sub(rf"\1/{_HIDDEN}", text)
    text = _REQUEST.sub(rf"\1 \2{_HIDDEN}", text)
    text = _OUR_PATH.sub(_HIDDEN, _QUOTED_PATH.sub(_HIDDEN, text))
    return _EMAIL.sub("(address)", text) if "@" in text else text


def install() -> None:
    """Scrub every log record of this process from now on; calling it again changes nothing."""
    made = logging.getLogRecordFactory()
    if getattr(made, "scrubs", False):
        return

    def scrubbed(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _scrub_record(made(*args, **kwargs))

    scrubbed.scrubs = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(scrubbed)


def _scrub_record(record: logging.LogRecord) -> logging.LogRecord:
    if record.name.startswith(_OF_REQUESTS):
        record.args = _without_paths(record.args)
        record.msg = _ANY_PATH.sub(_HIDDEN, str(record.msg))
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001  a wrong call of a library's; the handler reports it
        return record
    if (clean := scrub(text)) != text:
        record.msg, record.args = clean, ()
    if record.exc_info and record.exc_info[0]:
        record.exc_text = _scrubbed_traceback(record.exc_info)
    return record


def _without_paths(args: Any) -> Any:
    """Return the arguments of a line about a request, with those that hold a path hidden."""
    if not isinstance(args, tuple):
        return args
    return tuple(_HIDDEN if isinstance(arg, str) and "/" in arg else arg for arg in args)


def _scrubbed_traceback(exc_info: Any) -> str:
    """Return the traceback; every formatter takes it from the record in place of its own.

    PostgreSQL's DETAIL quotes the row that it refused.
    """
    lines = "".join(traceback.format_exception(*exc_info)).rstrip().splitlines()
    return "\n".join(scrub(line) for line in lines if not line.startswith("DETAIL:"))


class LineFormatter(logging.Formatter):
    """One line per record; of a request it names the page by the name of its pattern."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """Return the line, with the pattern's name and the request's id behind it."""
        marks = (_page_of(record), getattr(record, "request_id", None))
        return " ".join((super().formatMessage(record), *(f"[{mark}]" for mark in marks if mark)))


class JsonFormatter(BaseJsonFormatter):
    """One JSON object per record, of these fields alone: a record may carry a whole request."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Fill the object; what is not known is left out."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "page": _page_of(record),
            "status": getattr(record, "status_code", None),
            "request_id": getattr(record, "request_id", None),
            "error": record.exc_text,  # scrubbed; `message_dict` has it as it was
        }
        log_data.update({name: value for name, value in fields.items() if value})


def _page_of(record: logging.LogRecord) -> str | None:
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return str(match.view_name) if match else None
