"""Celery tasks of the storefront. They carry ids, never an address or a link."""

from celery import shared_task

from storefront.services import account_links, forgetting, order_links


@shared_task
def send_account_link(user_id: int | None, wants_account: bool, language: str) -> None:
    """Send a link into an account; `user_id` is None where an address has none."""
    account_links.send_link(user_id=user_id, wants_account=wants_account, language=language)


@shared_task
def send_new_email_link(user_id: int, language: str) -> None:
    """Send the link that confirms another address of an account."""
    account_links.send_new_email_link(user_id=user_id, language=language)


@shared_task
def forget_unconfirmed() -> int:
    """Forget addresses that nobody confirmed (beat, once an hour)."""
    return forgetting.forget_unconfirmed()


@shared_task
def send_order_link(order_id: int | None) -> None:
    """Send a new link to an order; None where number and address belong to none."""
    order_links.send_link(order_id=order_id)
