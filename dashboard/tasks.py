"""Celery tasks of the dashboard."""

from __future__ import annotations

from celery import shared_task

from dashboard.services import access_log


@shared_task
def delete_old_traces() -> int:
    """Delete old sign-ins, failed ones, and rows of the logs that staff read (beat, hourly)."""
    return access_log.delete_old_traces()
