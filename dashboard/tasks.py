"""Celery tasks of the dashboard."""

from __future__ import annotations

from celery import shared_task

from dashboard.services import personal_data
from product_content import price_changes


@shared_task
def delete_old_traces() -> int:
    """Delete old sign-ins, failed ones, and rows of the logs that staff read (beat, hourly)."""
    return personal_data.delete_old_traces()


@shared_task
def apply_price_changes() -> int:
    """Apply the changes of prices whose moment has come, each once (beat, every minute)."""
    return price_changes.apply_due_changes()
