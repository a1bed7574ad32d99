"""Celery tasks of inventory."""

from celery import shared_task

from plugins.inventory import services


@shared_task
def notice_low_stock() -> int:
    """Tell staff of stock that became low (beat, every five minutes)."""
    return services.notice_low_stock()


@shared_task
def grant_wishes() -> int:
    """Tell customers of stock that came back (beat, every five minutes)."""
    return services.grant_wishes()


@shared_task
def check_ledger() -> int:
    """Compare ledger, stock and orders (beat, every ten minutes); return the differences."""
    return len(services.record_check().differences)
