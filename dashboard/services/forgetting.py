"""Forgetting what signing in and working on the dashboard leave behind."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.utils import timezone

from dashboard.models import AccessRecord
from plugins.ordering.retention import too_old


def forget_old_traces(*, now: datetime | None = None) -> int:
    """Delete ended sign-ins, old tries to sign in and old lines of staff's log."""
    now = now or timezone.now()
    tries = too_old("sign_in_tries", now)
    return sum(
        rows.delete()[0]
        for rows in (
            Session.objects.filter(expire_date__lt=now),
            AccessAttempt.objects.filter(attempt_time__lt=tries),
            AccessLog.objects.filter(attempt_time__lt=tries),
            AccessFailureLog.objects.filter(attempt_time__lt=tries),
            LogEntry.objects.filter(action_time__lt=too_old("staff_log", now)),
            AccessRecord.objects.filter(at__lt=too_old("staff_log", now)),
        )
    )
