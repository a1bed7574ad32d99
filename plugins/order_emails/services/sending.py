"""Send one e-mail of the outbox."""

from __future__ import annotations

import logging
import random

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from saleor.order import OrderEventsEmails
from saleor.order.events import email_sent_event

from plugins.order_emails.messages import build_message
from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
from plugins.order_emails.policies import LEASE, may_try_again, pause_after

logger = logging.getLogger(__name__)


def send_email(*, email_id: int) -> None:
    """Send the e-mail, unless it was sent, is being sent, or must wait.

    A row is claimed before it is sent, so two workers never send it both. If a worker dies
    while sending, the row is free again when its lease ends. One window remains: a worker
    that dies after the mail server took the message and before the row says so makes it go
    out twice; both carry the same Message-ID, by which mail programs show it once.
    """
    email = _claim(email_id)
    if email is None:
        return
    try:
        build_message(email).send()
    except Exception as error:  # noqa: BLE001  one bad e-mail must not stop the others
        _failed(email, error)
    else:
        _sent(email)


@transaction.atomic
def _claim(email_id: int) -> OutgoingEmail | None:
    now = timezone.now()
    free = Q(state=EmailState.WAITING) | Q(state__in=UNSENT, next_try_at__lte=now)
    emails = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",))
    email = emails.filter(free, pk=email_id).first()
    if email is None:
        return None
    email.state = EmailState.SENDING
    email.attempts += 1
    email.next_try_at = now + LEASE
    email.save(update_fields=["state", "attempts", "next_try_at"])
    return email


@transaction.atomic
def _sent(email: OutgoingEmail) -> None:
    if _finish(email, state=EmailState.SENT, sent_at=timezone.now(), last_error=""):
        email_sent_event(order=email.order, user=None, email_type=OrderEventsEmails.ORDER)


def _failed(email: OutgoingEmail, error: Exception) -> None:
    again, reason = may_try_again(error, email.attempts)
    pause = pause_after(email.attempts, random.random())  # noqa: S311  no secret, only jitter
    _finish(
        email,
        state=EmailState.FAILED if again else EmailState.DEAD,
        next_try_at=timezone.now() + pause,
        last_error=reason[:80],
    )
    logger.error("e-mail %s: %s, %s", email.pk, reason, "again later" if again else "given up")


def _finish(email: OutgoingEmail, **values: object) -> bool:
    """Write the outcome of this very attempt; a later one may have taken over meanwhile."""
    mine = OutgoingEmail.objects.filter(
        pk=email.pk, state=EmailState.SENDING, attempts=email.attempts
    )
    return bool(mine.update(**values))
