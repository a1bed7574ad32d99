"""The outbox: an e-mail is a row, written with its event, published after commit, sent once.

First writing and publishing, then SMTP, sending one row, resending by staff, and retention.
"""

from __future__ import annotations

import logging
import random
import time
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from saleor.account.models import User
from saleor.order import OrderEvents, OrderEventsEmails
from saleor.order.models import Order, OrderEvent

from plugins.order_emails.kinds.base import KINDS, Audience
from plugins.order_emails.messages import BuiltMessage, build_message
from plugins.order_emails.models import RESENT, UNSENT, EmailState, OutgoingEmail
from plugins.order_emails.policies import (
    GRACE,
    LEASE,
    MAX_ATTEMPTS,
    SMTP_PAUSE,
    SendRefused,
    may_resend,
    may_retry,
    may_retry_by_hand,
    pause_after,
    should_pause_smtp,
)
from plugins.ordering.erasure import ERASED_KEY
from plugins.ordering.order_messages import may_send
from plugins.ordering.publishing import try_to_publish
from plugins.ordering.retention import retention_cutoff

BATCH = 200
SHOP = "shop"
NO_DELAY = timedelta(0)


def queue_email(
    *, order_id: int, kind: str, dedup_key: str, delay: timedelta = NO_DELAY
) -> OutgoingEmail | None:
    """Write an e-mail to the customer of an order into the outbox; it is sent after commit.

    To be called in the transaction of its event. The same kind and dedup_key of an order is
    written once, whatever is repeated, and not at all if the customer chose to get none (then
    None is returned). A broker that is down does not fail the caller: the row waits for the
    sweeper, as it does for `delay`.
    """
    order = Order.objects.get(pk=order_id)
    if not may_send(order, kind).allowed:
        return None
    return write_row(
        about=f"order-{order_id}", kind=kind, dedup_key=dedup_key, delay=delay, order=order
    )


def queue_account_email(
    *, user_id: int, kind: str, dedup_key: str, path: str = "", to_old_address: str = ""
) -> OutgoingEmail:
    """Write an e-mail about an account into the outbox; it is sent after commit.

    Kinds: confirm_address, account_exists, reset_password, unlock_log_in, address_changed,
    account_deleted.
    `path` is the path of the link in it, such as "/account/confirm/<token>/". It goes to
    `to_old_address` where that is given (an address that is not the user's any more, or not
    yet), else to the user's own. Neither is kept once the e-mail was sent. `dedup_key` makes
    asking twice harmless: the same one is written once. The user may be deleted in the same
    transaction. The e-mail is written in the active language.
    """
    return write_row(
        about=f"user-{user_id}",
        kind=kind,
        dedup_key=dedup_key,
        user=User.objects.filter(pk=user_id).first(),
        path=path,
        to_address=to_old_address,
        language=get_language() or "",
    )


def queue_notice_email(
    *, about: str, kind: str, dedup_key: str, to_address: str, path: str, unsubscribe_path: str = ""
) -> OutgoingEmail:
    """Write an e-mail that somebody asked for, who may have no account, into the outbox.

    `about` names what they asked for, without its words ("interest-7"). `path` is the link's,
    `unsubscribe_path` that of the page where they can take it back. Neither these nor the
    address are kept once it was sent: the caller can delete its own copy at once.
    """
    return write_row(
        about=about,
        kind=kind,
        dedup_key=dedup_key,
        to_address=to_address,
        path=path,
        unsubscribe_path=unsubscribe_path,
        language=get_language() or "",
    )


def queue_staff_email(
    *, kind: str, dedup_key: str, order_id: int | None = None, subject_id: str = SHOP
) -> OutgoingEmail | None:
    """Write an e-mail to the shop's staff into the outbox; None if STAFF_EMAILS names nobody.

    Kinds: new_order, payment_attention (its dedup_key begins with the reason's code and ":"),
    low_stock (`subject_id` is "stock-<id>"). An e-mail about an order is about `order_id`, any
    other about `subject_id`; the same kind and dedup_key about the same is written once.
    """
    if not settings.STAFF_EMAILS:
        return None
    about = subject_id if order_id is None else f"order-{order_id}"
    order = None if order_id is None else Order.objects.get(pk=order_id)
    return write_row(about=about, kind=kind, dedup_key=dedup_key, order=order)


def write_row(
    *, about: str, kind: str, dedup_key: str, delay: timedelta = NO_DELAY, **values: Any
) -> OutgoingEmail:
    """Write a row once per (about, kind, dedup_key) and publish it after commit."""
    row, created = OutgoingEmail.objects.get_or_create(
        about=about,
        kind=kind,
        dedup_key=dedup_key,
        defaults={
            **values,
            "message_id": _message_id(),
            "next_try_at": timezone.now() + max(delay, GRACE),
        },
    )
    if created and not delay:
        transaction.on_commit(partial(publish, row.pk), robust=True)
    return row


def publish_due_emails() -> int:
    """Publish every e-mail that is due, oldest first; return how many were published.

    Due are: never published or lost by the broker, failed and waited long enough, or
    claimed by a worker that did not finish within its lease.
    """
    due = OutgoingEmail.objects.filter(state__in=UNSENT, next_try_at__lte=timezone.now())
    published = 0
    for email_id in due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH]:
        if not publish(email_id):
            break  # the broker is down; waiting for it once is enough
        published += 1
    return published


def publish(email_id: int) -> bool:
    """Hand a row to a worker; False if the broker does not take it, and the sweeper will."""
    from plugins.order_emails.tasks import send_email

    return try_to_publish(send_email, email_id)


def _message_id() -> str:
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")


_smtp_paused_until = 0.0  # of this process; on the clock of time.monotonic


def smtp_is_paused() -> bool:
    """Say whether the mail server hung a moment ago.

    A worker that waits for it, e-mail by e-mail, would do nothing else: no webhook, no refund.
    """
    return time.monotonic() < _smtp_paused_until


def send_by_smtp(message: EmailMessage) -> None:
    """Send a message; whatever goes wrong before the server has taken it is raised.

    What goes wrong after that, while saying good-bye, is not: the e-mail would go out twice.
    """
    started = time.monotonic()
    try:
        _send_message(message)
    except Exception as error:
        _pause_if_hanging(error, time.monotonic() - started)
        raise


def _send_message(message: EmailMessage) -> None:
    connection = message.connection = get_connection()
    connection.open()
    try:
        message.send()
    finally:
        with suppress(Exception):
            connection.close()


def _pause_if_hanging(error: Exception, seconds: float) -> None:
    global _smtp_paused_until  # noqa: PLW0603  what one process has seen, for its next tasks
    if should_pause_smtp(error, seconds).allowed:
        _smtp_paused_until = time.monotonic() + SMTP_PAUSE.total_seconds()


logger = logging.getLogger(__name__)
# What nobody needs once it is over: secret links, and addresses that are kept nowhere else.
_CLEARED = {"to_address": "", "path": "", "unsubscribe_path": ""}
# Saleor's order history knows these; every other e-mail of an order stands there as "order".
_EVENT_TYPES = {
    "sent": OrderEventsEmails.FULFILLMENT,
    "partly_sent": OrderEventsEmails.FULFILLMENT,
}


def send_email(*, email_id: int) -> None:
    """Send the e-mail, unless it was sent, is being sent, or must wait.

    A row is claimed before it is sent, so two workers never send it both. If a worker dies
    while sending, the row is free again when its lease ends. One window remains: a worker
    that dies after the mail server took the message and before the row says so makes it go
    out twice; both carry the same Message-ID, by which mail programs show it once.
    """
    email = None if smtp_is_paused() else _claim(email_id)
    if email is None:
        return
    try:
        message = _send_row(email)
    except Exception as error:  # noqa: BLE001  one bad e-mail must not stop the others
        _failed(email, error)
    else:
        _sent(email, message) if message else _skip(email)


def _send_row(email: OutgoingEmail) -> BuiltMessage | None:
    """Send it and return it; None if what it tells of is no longer true."""
    if not KINDS[email.kind].is_needed(email):
        return None
    message = build_message(email)
    send_by_smtp(message)
    return message


@transaction.atomic
def _claim(email_id: int) -> OutgoingEmail | None:
    now = timezone.now()
    free = Q(state=EmailState.WAITING) | Q(state__in=UNSENT, next_try_at__lte=now)
    emails = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",))
    email = emails.filter(free, pk=email_id).first()
    if email is None:
        return None
    if email.attempts >= MAX_ATTEMPTS:  # it took its worker down each time
        _give_up(email)
        return None
    email.state = EmailState.SENDING
    email.attempts += 1
    email.next_try_at = now + LEASE
    email.save(update_fields=["state", "attempts", "next_try_at"])
    return email


def _give_up(email: OutgoingEmail) -> None:
    OutgoingEmail.objects.filter(pk=email.pk).update(
        state=EmailState.DEAD, last_error="WorkerLost", **_CLEARED
    )
    logger.error("e-mail %s: WorkerLost, given up", email.pk)


@transaction.atomic
def _sent(email: OutgoingEmail, message: BuiltMessage) -> None:
    about_order = email.order is not None and _is_for_customer(email)
    done = _finish(
        email,
        state=EmailState.SENT,
        sent_at=timezone.now(),
        last_error="",
        outside=message.outside if about_order else {},
        **_CLEARED,
    )
    if done and about_order:
        _note_in_history(email, message)


def _note_in_history(email: OutgoingEmail, message: BuiltMessage) -> None:
    """Write into the order's history where the e-mail went; Saleor would name the account's."""
    OrderEvent.objects.create(
        order=email.order,
        type=OrderEvents.EMAIL_SENT,
        parameters={
            "email": ", ".join(message.to),
            "email_type": _EVENT_TYPES.get(email.kind, OrderEventsEmails.ORDER),
        },
    )


def _skip(email: OutgoingEmail) -> None:
    _finish(email, state=EmailState.SKIPPED, last_error="", **_CLEARED)


def _failed(email: OutgoingEmail, error: Exception) -> None:
    again, reason = may_retry(error, email.attempts)
    pause = pause_after(email.attempts, random.random())  # noqa: S311  no secret, only jitter
    _finish(
        email,
        state=EmailState.FAILED if again else EmailState.DEAD,
        next_try_at=timezone.now() + pause,
        last_error=reason[:80],
        **({} if again else _CLEARED),
    )
    logger.error("e-mail %s: %s, %s", email.pk, reason, "again later" if again else "given up")


def _finish(email: OutgoingEmail, **values: object) -> bool:
    """Write the outcome of this very attempt; a later one may have taken over meanwhile."""
    mine = OutgoingEmail.objects.filter(
        pk=email.pk, state=EmailState.SENDING, attempts=email.attempts
    )
    return bool(mine.update(**values))


def retry(*, email_id: int) -> OutgoingEmail:
    """Send an e-mail that was given up after all: the same one. Raises SendRefused."""
    with transaction.atomic():
        email = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=email_id)
        allowed, reason = may_retry_by_hand(state=email.state, link_deleted=_link_is_deleted(email))
        if not allowed:
            raise SendRefused(reason)
        email.state, email.attempts, email.next_try_at = EmailState.WAITING, 0, timezone.now()
        email.save(update_fields=["state", "attempts", "next_try_at"])
    publish(email.pk)
    return email


def resend(*, email_id: int) -> OutgoingEmail:
    """Send what was sent once more, as an e-mail of its own. Raises SendRefused."""
    email = OutgoingEmail.objects.select_related("order").get(pk=email_id)
    allowed, reason = may_resend(state=email.state, link_deleted=_link_is_deleted(email))
    if allowed and email.order and _is_for_customer(email):
        allowed, reason = may_send(email.order, email.kind)
    if not allowed:
        raise SendRefused(reason)
    with transaction.atomic():
        return write_row(
            about=email.about,
            kind=email.kind,
            dedup_key=_next_dedup_key(email),
            order=email.order,
            language=email.language,
        )


def _link_is_deleted(email: OutgoingEmail) -> bool:
    kind = KINDS.get(email.kind)
    return kind is None or kind.audience in {Audience.ACCOUNT, Audience.NOTICE}


def _is_for_customer(email: OutgoingEmail) -> bool:
    return KINDS[email.kind].audience is Audience.CUSTOMER


def _next_dedup_key(email: OutgoingEmail) -> str:
    same = OutgoingEmail.objects.filter(about=email.about, kind=email.kind)
    times = same.filter(dedup_key__startswith=f"{email.event}{RESENT}").count()
    return f"{email.event}{RESENT}{times + 1}"


def delete_old_emails(*, now: datetime | None = None) -> int:
    """Delete rows of e-mails that were sent or given up long ago; return how many.

    A row of an order stays until the order is anonymous: it is what keeps the same e-mail
    from being written again when something else happens to that order.
    """
    gone = Q(order=None) | Q(order__private_metadata__has_key=ERASED_KEY)
    old = OutgoingEmail.objects.filter(gone, created_at__lt=retention_cutoff("emails", now))
    return old.exclude(state__in=UNSENT).delete()[0]
