"""Celery tasks of the dashboard."""

from celery import shared_task

from dashboard.services import forgetting


@shared_task
def forget_old_traces() -> int:
    """Delete old sign-ins, tries to sign in and lines of staff's log (beat, once an hour)."""
    return forgetting.forget_old_traces()
