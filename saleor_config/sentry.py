"""Reports to Sentry, and the list of what an event may hold when it leaves the shop.

A list of what may pass, not of what must not: a word that nobody thought of stays here too.
"""

from __future__ import annotations

import re
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.utils import BadDsn, Dsn

from saleor_config.reports import ERROR, NAME, REQUEST_ID, SLOW, TASK, Report, tell_too
from saleor_config.settings.env import VARIABLES, refuse

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
