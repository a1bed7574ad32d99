"""The access log of customers' data, and the retention of staff's logs and sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from dashboard.models import AccessKind, AccessRecord
from plugins.ordering.retention import retention_cutoff


def record_access(*, actor: Any, kind: AccessKind, subject_id: int) -> None:
    """Write down that a member of staff opened a page of this order or customer."""
    AccessRecord.objects.create(actor_id=actor.pk, kind=kind, subject_id=subject_id)


def delete_old_traces(*, now: datetime | None = None) -> int:
    """Delete ended sign-ins, old tries to sign in and old lines of staff's log."""
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
        )
    )
