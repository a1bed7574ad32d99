"""The outbox: rows are written with the event, then published to a worker."""

from __future__ import annotations

from datetime import timedelta
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from saleor.account.models import User
from saleor.order.models import Order

from plugins.order_emails.models import UNSENT, OutgoingEmail
from plugins.order_emails.policies import GRACE
from plugins.ordering.discretion import may_send
from plugins.ordering.publishing import publish_or_wait

BATCH = 200
SHOP = "shop"
NO_DELAY = timedelta(0)


def queue_email(
    *, order_id: int, kind: str, occasion: str, delay: timedelta = NO_DELAY
) -> OutgoingEmail | None:
    """Write an e-mail to the customer of an order into the outbox; it is sent after commit.

    To be called in the transaction of its event. The same kind and occasion of an order is
    written once, whatever is repeated, and not at all if the customer chose to get none (then
    None is returned). A broker that is down does not fail the caller: the row waits for the
    sweeper, as it does for `delay`.
    """
    order = Order.objects.get(pk=order_id)
    if not may_send(order, kind)[0]:
        return None
    return write(about=f"order-{order_id}", kind=kind, occasion=occasion, delay=delay, order=order)


def queue_account_email(
    *, user_id: int, kind: str, occasion: str, path: str = "", to_old_address: str = ""
) -> OutgoingEmail:
    """Write an e-mail about an account into the outbox; it is sent after commit.

    Kinds: confirm_address, account_exists, reset_password, address_changed, account_deleted.
    `path` is the path of the link in it, such as "/account/confirm/<token>/". It goes to
    `to_old_address` where that is given (an address that is not the user's any more, or not
    yet), else to the user's own. Neither is kept once the e-mail was sent. `occasion` makes
    asking twice harmless: the same one is written once. The user may be deleted in the same
    transaction. The e-mail is written in the active language.
    """
    return write(
        about=f"user-{user_id}",
        kind=kind,
        occasion=occasion,
        user=User.objects.filter(pk=user_id).first(),
        path=path,
        to_address=to_old_address,
        language=get_language() or "",
    )


def queue_notice_email(
    *, about: str, kind: str, occasion: str, to_address: str, path: str, unsubscribe_path: str = ""
) -> OutgoingEmail:
    """Write an e-mail that somebody asked for, who may have no account, into the outbox.

    `about` names what they asked for, without its words ("interest-7"). `path` is the link's,
    `unsubscribe_path` that of the page where they can take it back. Neither these nor the
    address are kept once it was sent: the caller can delete its own copy at once.
    """
    return write(
        about=about,
        kind=kind,
        occasion=occasion,
        to_address=to_address,
        path=path,
        unsubscribe_path=unsubscribe_path,
        language=get_language() or "",
    )


def queue_staff_email(
    *, kind: str, occasion: str, order_id: int | None = None, subject_id: str = SHOP
) -> OutgoingEmail | None:
    """Write an e-mail to the shop's staff into the outbox; None if STAFF_EMAILS names nobody.

    Kinds: new_order, payment_attention (its occasion begins with the reason's code and ":"),
    low_stock (`subject_id` is "stock-<id>"). An e-mail about an order is about `order_id`, any
    other about `subject_id`; the same kind and occasion about the same is written once.
    """
    if not settings.STAFF_EMAILS:
        return None
    about = subject_id if order_id is None else f"order-{order_id}"
    order = None if order_id is None else Order.objects.get(pk=order_id)
    return write(about=about, kind=kind, occasion=occasion, order=order)


def write(
    *, about: str, kind: str, occasion: str, delay: timedelta = NO_DELAY, **values: Any
) -> OutgoingEmail:
    """Write a row once per (about, kind, occasion) and publish it after commit."""
    row, created = OutgoingEmail.objects.get_or_create(
        about=about,
        kind=kind,
        occasion=occasion,
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

    return publish_or_wait(send_email, email_id)


def _message_id() -> str:
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")
