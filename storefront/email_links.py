"""Links that are sent by e-mail: into an account, and to an order.

Only the owner of a mailbox learns whether its address has an account or an order. So a request
does the same work for every address, and a task looks it up afterwards.
"""

from __future__ import annotations

from typing import Any

from celery import Task
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import get_language
from kombu.exceptions import OperationalError
from saleor.account.models import User

from plugins.order_emails.outbox import queue_account_email, queue_email
from storefront.accounts import (
    confirm_tokens,
    find_customer,
    new_email_tokens,
    pending_email,
    reset_tokens,
    unlock_tokens,
)
from storefront.orders import order_id_for
from storefront.wording import LinkNotSent

_DEDUP_MINUTES = 5  # of one kind to one address, so that nobody can flood a mailbox


def recent_dedup_key() -> str:
    """Return a dedup key that stays the same for up to `_DEDUP_MINUTES` minutes."""
    now = timezone.now()
    return f"{now:%Y-%m-%d %H}:{now.minute // _DEDUP_MINUTES * _DEDUP_MINUTES:02}"


def open_account(*, email: str) -> None:
    """Make an account without a password, unless there is one; its owner gets a link.

    Raises LinkNotSent.
    """
    # One INSERT for every address; an account that is there already is left as it is.
    new = User(email=email, password=make_password(None))
    User.objects.bulk_create([new], ignore_conflicts=True)
    _start_account_link_task(email, wants_account=True)


def forgot_password(*, email: str) -> None:
    """Send a link for a new password, if the address has an account. Raises LinkNotSent."""
    _start_account_link_task(email, wants_account=False)


def send_unlock_link(*, email: str) -> None:
    """Send a link that unlocks the log-in, if the address has an account. Raises LinkNotSent."""
    from storefront.tasks import send_unlock_link as task

    _start_task(task, email)


def queue_unlock_link(*, user_id: int | None, language: str) -> None:
    """Send the e-mail with the link, to staff as to customers; nothing where nobody can log in."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.has_usable_password():
        return
    with translation.override(language):
        _queue_email(user, "unlock_log_in", _link_path(user, "account_unlock", unlock_tokens))


def queue_account_link(*, user_id: int | None, wants_account: bool, language: str) -> None:
    """Send the e-mail that fits the account; nothing for none, for staff, and if switched off."""
    with translation.override(language):
        _queue_account_link(user_id, wants_account=wants_account)


def _queue_account_link(user_id: int | None, *, wants_account: bool) -> None:
    user = find_customer(user_id)
    if user is None:
        return
    if not user.has_usable_password():
        _queue_email(user, "confirm_address", _link_path(user, "account_confirm", confirm_tokens))
    elif wants_account:
        _queue_email(user, "account_exists", reverse("storefront:login"))
    else:
        _queue_email(user, "reset_password", _link_path(user, "account_reset", reset_tokens))


def queue_new_email_link(*, user_id: int, language: str) -> None:
    """Send the link to the pending address, unless another account has it."""
    user = find_customer(user_id)
    address = pending_email(user)
    if user is None or not address or User.objects.filter(email=address).exists():
        return
    with translation.override(language):
        path = reverse("storefront:account_new_email", args=[new_email_tokens.make_token(user)])
        _queue_email(user, "confirm_address", path, to_address=address)


def _start_account_link_task(email: str, *, wants_account: bool) -> None:
    from storefront.tasks import send_account_link

    _start_task(send_account_link, email, wants_account)


def _start_task(task: Task[Any, None], email: str, *more: bool) -> None:
    user_id = User.objects.filter(email=email).values_list("pk", flat=True).first()
    try:
        task.delay(user_id, *more, get_language())
    except OperationalError as error:
        raise LinkNotSent from error


def _queue_email(user: User, kind: str, path: str, to_address: str = "") -> None:
    queue_account_email(
        user_id=user.pk,
        kind=kind,
        dedup_key=recent_dedup_key(),
        path=path,
        to_old_address=to_address,
    )


def _link_path(user: User, page: str, tokens: PasswordResetTokenGenerator) -> str:
    """Return the address of a page that this account's owner may open once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse(f"storefront:{page}", args=[uid, tokens.make_token(user)])


def request_order_link(*, number: int, email: str) -> None:
    """Have a new link sent to the order's address, if both belong together; raise LinkNotSent."""
    from storefront.tasks import send_order_link

    try:
        send_order_link.delay(order_id_for(number=number, email=email))
    except OperationalError as error:
        raise LinkNotSent from error


def queue_order_link(*, order_id: int | None) -> None:
    """Put the e-mail with the link into the outbox, at most one every few minutes."""
    if order_id is not None:
        queue_email(order_id=order_id, kind="new_link", dedup_key=recent_dedup_key())
