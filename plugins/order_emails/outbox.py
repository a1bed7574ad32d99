"""The outbox: an e-mail is a row, written with its event, published after commit, sent once.

First writing and publishing, then sending, resending by staff, and retention.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from saleor.account.models import User
from saleor.order import OrderEvents, OrderEventsEmails
from saleor.order.models import Order

from plugins.order_emails.kinds.base import KINDS, Audience
from plugins.order_emails.kinds.orders import read_batch
from plugins.order_emails.messages import (
    BuiltMessage,
    build_message,
    one_batch,
    send_by_smtp,
    smtp_is_paused,
)
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
)
from plugins.ordering.email_promises import may_send
from plugins.ordering.erasure import ERASED_KEY
from plugins.ordering.publishing import try_to_publish
from plugins.ordering.retention import retention_cutoff
from product_content.shop_settings import shop_facts

BATCH = 200  # rows that one run of the sweeper publishes
ONE_CONNECTION = 20  # of them go to one worker, and over one connection
MAX_BATCH_TIME = timedelta(seconds=30)  # what is not begun by then is left to others
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
    """Write an e-mail to the shop's staff into the outbox; None if the settings name nobody.

    Kinds: new_order, payment_attention (its dedup_key begins with the reason's code and ":"),
    low_stock (`subject_id` is "stock-<id>"). An e-mail about an order is about `order_id`, any
    other about `subject_id`; the same kind and dedup_key about the same is written once.
    """
    if not shop_facts().staff_emails:
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
    return publish(*due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH])


def publish(*email_ids: int) -> int:
    """Hand rows to workers, a batch to each; return how many the broker has taken.

    The sweeper publishes the others once more.
    """
    from plugins.order_emails.tasks import send_email

    published = 0
    for first in range(0, len(email_ids), ONE_CONNECTION):
        batch = email_ids[first : first + ONE_CONNECTION]
        if not try_to_publish(send_email, *batch):
            break  # the broker is down; waiting for it once is enough
        published += len(batch)
    return published


def _message_id() -> str:
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")


logger = logging.getLogger(__name__)
# What nobody needs once it is over: secret links, and addresses that are kept nowhere else.
_CLEARED = {"to_address": "", "path": "", "unsubscribe_path": ""}
# Saleor's order history knows these; every other e-mail of an order stands there as "order".
_EVENT_TYPES = {
    "sent": OrderEventsEmails.FULFILLMENT,
    "partly_sent": OrderEventsEmails.FULFILLMENT,
}


def send_emails(*, email_ids: Collection[int]) -> None:
    """Send those of these e-mails that were not sent, are not being sent and need not wait.

    They go over one connection.
    A row is claimed before it is sent, so two workers never send it both. If a worker dies
    while sending, the row is free again when its lease ends. One window remains: a worker
    that dies after the mail server took the message and before the row says so makes it go
    out twice; both carry the same Message-ID, by which mail programs show it once.

    Where the server hangs, or is so slow that a lease might end, the rest is given free again.
    """
    waiting = [] if smtp_is_paused() else _claim(email_ids)
    ends = time.monotonic() + MAX_BATCH_TIME.total_seconds()
    read_batch(waiting)
    with one_batch():
        while waiting and not smtp_is_paused() and time.monotonic() < ends:
            _send(waiting.pop(0))
    if waiting:
        _release(waiting)


def _send(email: OutgoingEmail) -> None:
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


# What nearly every e-mail reads of its row's order and person.
_READ_ALONG = ("order__shipping_address", "order__user", "user")


@transaction.atomic
def _claim(email_ids: Collection[int]) -> list[OutgoingEmail]:
    now = timezone.now()
    free = Q(state=EmailState.WAITING) | Q(state__in=UNSENT, next_try_at__lte=now)
    emails = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",))
    found = emails.select_related(*_READ_ALONG).filter(free, pk__in=email_ids)
    claimed = []
    for email in found.order_by("pk"):
        if email.attempts >= MAX_ATTEMPTS:  # it took its worker down each time
            _give_up(email)
        else:
            claimed.append(email)
    mine = OutgoingEmail.objects.filter(pk__in=[email.pk for email in claimed])
    if claimed:
        mine.update(state=EmailState.SENDING, attempts=F("attempts") + 1, next_try_at=now + LEASE)
    for email in claimed:
        email.state, email.attempts = EmailState.SENDING, email.attempts + 1
    return claimed


def _release(emails: Iterable[OutgoingEmail]) -> None:
    """Let claimed e-mails that nobody has tried to send wait on, for the sweeper."""
    mine = OutgoingEmail.objects.filter(
        pk__in=[email.pk for email in emails], state=EmailState.SENDING
    )
    mine.update(
        state=EmailState.WAITING,
        attempts=F("attempts") - 1,
        next_try_at=timezone.now() + SMTP_PAUSE,
    )


def _give_up(email: OutgoingEmail) -> None:
    OutgoingEmail.objects.filter(pk=email.pk).update(
        state=EmailState.DEAD, last_error="WorkerLost", **_CLEARED
    )
    logger.error("e-mail %s: WorkerLost, given up", email.pk)


# One statement, so one wait for the disk. Saleor's history would name the account's address.
_SENT = """
WITH sent AS (
    UPDATE order_emails_outgoingemail
    SET state = %(sent)s, sent_at = %(now)s, last_error = '', outside = %(outside)s,
        said = %(said)s, to_address = '', path = '', unsubscribe_path = ''
    WHERE id = %(id)s AND state = %(sending)s AND attempts = %(attempts)s
    RETURNING order_id)
INSERT INTO order_orderevent (date, type, order_id, parameters)
SELECT %(now)s, %(type)s, order_id, %(history)s FROM sent WHERE %(is_told)s
"""


def _sent(email: OutgoingEmail, message: BuiltMessage) -> None:
    """Write that this very attempt has sent it, and into the history of the customer's order."""
    about_order = email.order is not None and _is_for_customer(email)
    kind = _EVENT_TYPES.get(email.kind, OrderEventsEmails.ORDER)
    values = {
        "id": email.pk,
        "attempts": email.attempts,
        "sending": EmailState.SENDING,
        "sent": EmailState.SENT,
        "now": timezone.now(),
        "outside": json.dumps(message.outside if about_order else {}),
        "said": masked(str(message.body)) if about_order else "",
        "type": OrderEvents.EMAIL_SENT,
        "history": json.dumps({"email": ", ".join(message.to), "email_type": kind}),
        "is_told": about_order,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values)


def masked(text: str) -> str:
    """Return a text with the shop's own links masked: whoever has one opens what it leads to."""
    return _LINK.sub(r"\1/…", text)


_LINK = re.compile(rf"({re.escape(settings.PUBLIC_URL)})/[^\s<>\"]+")


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


def _finish(email: OutgoingEmail, **values: object) -> None:
    """Write the outcome of this very attempt; a later one may have taken over meanwhile."""
    this = {"pk": email.pk, "state": EmailState.SENDING, "attempts": email.attempts}
    OutgoingEmail.objects.filter(**this).update(**values)


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
