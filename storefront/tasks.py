"""Celery tasks of the storefront. They carry ids, never an address or a link."""

from __future__ import annotations

from celery import shared_task

from storefront import email_links, personal_data, saved_lists


@shared_task
def send_account_link(user_id: int | None, wants_account: bool, language: str) -> None:
    """Send a link into an account; `user_id` is None where an address has none."""
    email_links.queue_account_link(user_id=user_id, wants_account=wants_account, language=language)


@shared_task
def send_unlock_link(user_id: int | None, language: str) -> None:
    """Send a link that unlocks the log-in; `user_id` is None where an address has no account."""
    email_links.queue_unlock_link(user_id=user_id, language=language)


@shared_task
def send_new_email_link(user_id: int, language: str) -> None:
    """Send the link that confirms another address of an account."""
    email_links.queue_new_email_link(user_id=user_id, language=language)


@shared_task
def delete_unconfirmed() -> int:
    """Delete accounts and addresses that nobody confirmed (beat, once an hour)."""
    return personal_data.delete_unconfirmed()


@shared_task
def delete_old_saved() -> int:
    """Delete what was saved for later long ago (beat, once an hour)."""
    return saved_lists.delete_old_saved()


@shared_task
def send_order_link(order_id: int | None) -> None:
    """Send a new link to an order; None where number and address belong to none."""
    email_links.queue_order_link(order_id=order_id)
