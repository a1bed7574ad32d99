"""Celery tasks of the order e-mails."""

from celery import shared_task

from plugins.fulfilment import reviews
from plugins.order_emails import customer_messages, outbox, plugin


@shared_task
def send_email(*email_ids: int) -> None:
    """Send e-mails of the outbox, one after the other."""
    outbox.send_emails(email_ids=email_ids)


@shared_task
def send_waiting_emails() -> int:
    """Publish what is due (beat, twice a minute)."""
    return outbox.publish_due_emails()


@shared_task
def remind_of_payment() -> int:
    """Write to those whose unpaid order is soon released (beat, once a minute)."""
    return plugin.queue_payment_reminders()


@shared_task
def send_due_gift_cards() -> int:
    """Send the gift cards whose day has come (beat, every ten minutes)."""
    return plugin.send_due_gift_cards()


@shared_task
def invite_to_review() -> int:
    """Write, once, to those who wished to be asked for a review (beat, once an hour)."""
    return reviews.send_invitations()


@shared_task
def delete_old_emails() -> int:
    """Delete rows of e-mails that were sent long ago (beat, once an hour)."""
    return outbox.delete_old_emails()


@shared_task
def delete_old_messages() -> int:
    """Delete what customers wrote long ago (beat, once an hour)."""
    return customer_messages.delete_old_messages()
