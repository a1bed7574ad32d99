"""Celery tasks of the order e-mails."""

from celery import shared_task


@shared_task  # type: ignore[untyped-decorator]
def send_email(email_id: int) -> None:
    """Send one e-mail of the outbox."""


@shared_task  # type: ignore[untyped-decorator]
def send_waiting_emails() -> None:
    """Publish what is due (beat, twice a minute)."""
