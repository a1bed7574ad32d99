"""Celery tasks: each takes an id, if anything, and calls one service."""

from celery import shared_task

from plugins.stripe_payments import events


@shared_task
def process_event(event_id: int) -> None:
    """Work on one event of Stripe."""
    events.process_event(event_id=event_id)


@shared_task
def process_waiting_events() -> int:
    """Publish the events that were left behind (beat, once a minute)."""
    return events.publish_waiting_events()


@shared_task
def reconcile() -> int:
    """Compare the last hours with Stripe (beat, every five minutes)."""
    return events.reconcile()


@shared_task
def check_statement() -> bool:
    """Compare the line on statements with the account's settings (beat, once an hour)."""
    return events.statement_is_as_shown()


@shared_task
def delete_old_events() -> int:
    """Delete old events of Stripe (beat, once an hour)."""
    return events.delete_old_events()
