"""The outbox: rows are written with the event, then published to a worker."""

from __future__ import annotations

import logging
from email.utils import make_msgid
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from plugins.order_emails.models import UNSENT, OutgoingEmail
from plugins.order_emails.policies import GRACE

logger = logging.getLogger(__name__)
BATCH = 200


def queue_email(*, order_id: int, kind: str, occasion: str) -> None:
    """Write an e-mail into the outbox, in the caller's transaction, and publish it after commit.

    The same kind and occasion of an order is written once, whatever is repeated. A broker
    that is down does not fail the caller: the row waits for the sweeper.
    """
    email, created = OutgoingEmail.objects.get_or_create(
        order_id=order_id,
        kind=kind,
        occasion=occasion,
        defaults={"message_id": _message_id(), "next_try_at": timezone.now() + GRACE},
    )
    if created:
        transaction.on_commit(partial(_publish, email.pk), robust=True)


def publish_due_emails() -> int:
    """Publish every e-mail that is due, oldest first; return how many were published.

    Due are: never published or lost by the broker, failed and waited long enough, or
    claimed by a worker that did not finish within its lease.
    """
    due = OutgoingEmail.objects.filter(state__in=UNSENT, next_try_at__lte=timezone.now())
    published = 0
    for email_id in due.order_by("next_try_at").values_list("pk", flat=True)[:BATCH]:
        if not _publish(email_id):
            break  # the broker is down; waiting for it once is enough
        published += 1
    return published


def _publish(email_id: int) -> bool:
    from plugins.order_emails.tasks import send_email

    try:
        send_email.delay(email_id)
    except Exception as error:  # noqa: BLE001  whatever the broker raises, the row is safe
        logger.warning("e-mail %s waits: %s", email_id, type(error).__name__)
        return False
    return True


def _message_id() -> str:
    return make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname or "localhost")
