"""Send one e-mail of the outbox."""

from __future__ import annotations

import logging
import random

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from saleor.order import OrderEventsEmails
from saleor.order.events import email_sent_event

from plugins.order_emails.kinds import KINDS, Audience
from plugins.order_emails.messages import build_message
from plugins.order_emails.models import UNSENT, EmailState, OutgoingEmail
from plugins.order_emails.policies import LEASE, MOST_ATTEMPTS, may_try_again, pause_after
from plugins.order_emails.services.handing_over import hand_over, is_resting

logger = logging.getLogger(__name__)
# What nobody needs once it is over: secret links, and addresses that are kept nowhere else.
_FORGET = {"to_address": "", "path": "", "unsubscribe_path": ""}
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
    email = None if is_resting() else _claim(email_id)
    if email is None:
        return
    try:
        sent = _send(email)
    except Exception as error:  # noqa: BLE001  one bad e-mail must not stop the others
        _failed(email, error)
    else:
        _sent(email) if sent else _skip(email)


def _send(email: OutgoingEmail) -> bool:
    """Send it, or return False if what it tells of is no longer true."""
    if not KINDS[email.kind].is_needed(email):
        return False
    hand_over(build_message(email))
    return True


@transaction.atomic
def _claim(email_id: int) -> OutgoingEmail | None:
    now = timezone.now()
    free = Q(state=EmailState.WAITING) | Q(state__in=UNSENT, next_try_at__lte=now)
    emails = OutgoingEmail.objects.select_for_update(skip_locked=True, of=("self",))
    email = emails.filter(free, pk=email_id).first()
    if email is None:
        return None
    if email.attempts >= MOST_ATTEMPTS:  # it took its worker down each time
        _give_up(email)
        return None
    email.state = EmailState.SENDING
    email.attempts += 1
    email.next_try_at = now + LEASE
    email.save(update_fields=["state", "attempts", "next_try_at"])
    return email


def _give_up(email: OutgoingEmail) -> None:
    OutgoingEmail.objects.filter(pk=email.pk).update(
        state=EmailState.DEAD, last_error="WorkerLost", **_FORGET
    )
    logger.error("e-mail %s: WorkerLost, given up", email.pk)


@transaction.atomic
def _sent(email: OutgoingEmail) -> None:
    done = _finish(email, state=EmailState.SENT, sent_at=timezone.now(), last_error="", **_FORGET)
    if done and email.order and KINDS[email.kind].audience is Audience.CUSTOMER:
        email_type = _EVENT_TYPES.get(email.kind, OrderEventsEmails.ORDER)
        email_sent_event(order=email.order, user=None, email_type=email_type)


def _skip(email: OutgoingEmail) -> None:
    _finish(email, state=EmailState.SKIPPED, last_error="", **_FORGET)


def _failed(email: OutgoingEmail, error: Exception) -> None:
    again, reason = may_try_again(error, email.attempts)
    pause = pause_after(email.attempts, random.random())  # noqa: S311  no secret, only jitter
    _finish(
        email,
        state=EmailState.FAILED if again else EmailState.DEAD,
        next_try_at=timezone.now() + pause,
        last_error=reason[:80],
        **({} if again else _FORGET),
    )
    logger.error("e-mail %s: %s, %s", email.pk, reason, "again later" if again else "given up")


def _finish(email: OutgoingEmail, **values: object) -> bool:
    """Write the outcome of this very attempt; a later one may have taken over meanwhile."""
    mine = OutgoingEmail.objects.filter(
        pk=email.pk, state=EmailState.SENDING, attempts=email.attempts
    )
    return bool(mine.update(**values))
