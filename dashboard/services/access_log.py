"""The logs that staff read (who saw customers' data, what went wrong), and their retention."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from dashboard.models import AccessKind, AccessRecord, ErrorReport
from plugins.ordering.retention import retention_cutoff
from saleor_config.reports import Report


def record_access(*, actor: Any, kind: AccessKind, subject_id: int) -> None:
    """Write down that a member of staff opened a page of this order or customer."""
    AccessRecord.objects.create(actor_id=actor.pk, kind=kind, subject_id=subject_id)


def record_export(*, actor: Any, detail: str) -> None:
    """Write down that a member of staff took a list of the books away; `detail` says which."""
    AccessRecord.objects.create(
        actor_id=actor.pk, kind=AccessKind.EXPORT, subject_id=0, detail=detail
    )


def keep_report(report: Report, times: int) -> None:
    """Write down what went wrong, with the earlier reports of the same fault."""
    now, place = timezone.now(), report.place
    fields: dict[str, Any] = {
        "place": f"{place.module}:{place.function}:{place.line}"[:400] if place else "",
        "status": report.status,
        "milliseconds": report.milliseconds,
        "request_id": report.request_id,
        "last_at": now,
    }
    first = ErrorReport(
        fingerprint=report.fingerprint,
        kind=report.kind,
        what=report.what[:200],
        page=report.page[:200],
        first_at=now,
        **fields,
    )
    ErrorReport.objects.bulk_create([first], ignore_conflicts=True)  # two processes may be first
    rows = ErrorReport.objects.filter(fingerprint=report.fingerprint)
    rows.update(count=F("count") + times, **fields)


def delete_old_traces(*, now: datetime | None = None) -> int:
    """Delete ended sign-ins, old tries to sign in, old error reports and lines of staff's log."""
    now = now or timezone.now()
    tries = retention_cutoff("sign_in_tries", now)
    return sum(
        rows.delete()[0]
        for rows in (
            Session.objects.filter(expire_date__lt=now),
            AccessAttempt.objects.filter(attempt_time__lt=tries),
            AccessLog.objects.filter(attempt_time__lt=tries),
            AccessFailureLog.objects.filter(attempt_time__lt=tries),
            LogEntry.objects.filter(action_time__lt=retention_cutoff("staff_log", now)),
            AccessRecord.objects.filter(at__lt=retention_cutoff("staff_log", now)),
            ErrorReport.objects.filter(last_at__lt=retention_cutoff("error_reports", now)),
        )
    )
