"""Celery tasks of the order e-mails."""

from celery import shared_task

from plugins.order_emails import outbox, plugin


@shared_task
def send_email(email_id: int) -> None:
    """Send one e-mail of the outbox."""
    outbox.send_email(email_id=email_id)


@shared_task
def send_waiting_emails() -> int:
    """Publish what is due (beat, twice a minute)."""
    return outbox.publish_due_emails()


@shared_task
def remind_of_payment() -> int:
    """Write to those whose unpaid order is soon released (beat, once a minute)."""
    return plugin.queue_payment_reminders()


@shared_task
def delete_old_emails() -> int:
    """Delete rows of e-mails that were sent long ago (beat, once an hour)."""
    return outbox.delete_old_emails()
