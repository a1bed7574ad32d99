"""Celery tasks of inventory."""

from __future__ import annotations

from celery import shared_task

from plugins.inventory import alerts, ledger


@shared_task
def send_low_stock_alerts() -> int:
    """Tell staff of stock that became low (beat, every five minutes)."""
    return alerts.send_low_stock_alerts()


@shared_task
def send_back_in_stock_alerts() -> int:
    """Tell customers of stock that came back (beat, every five minutes)."""
    return alerts.send_back_in_stock_alerts()


@shared_task
def check_ledger() -> int:
    """Compare ledger, stock and orders (beat, every ten minutes); return the differences."""
    return len(ledger.record_check().differences)
