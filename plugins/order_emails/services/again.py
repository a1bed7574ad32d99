"""Sending an e-mail once more because a person of the shop asks for it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from plugins.order_emails.errors import SendRefused
from plugins.order_emails.kinds import KINDS, Audience
from plugins.order_emails.models import RESENT, EmailState, OutgoingEmail
from plugins.order_emails.policies import may_send_again, may_try_again_by_hand
from plugins.order_emails.services.outbox import publish, write
from plugins.ordering.discretion import may_send


def try_again(*, email_id: int) -> OutgoingEmail:
    """Send an e-mail that was given up after all: the same one. Raises SendRefused."""
    with transaction.atomic():
        email = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=email_id)
        allowed, reason = may_try_again_by_hand(state=email.state, forgets=_forgets(email))
        if not allowed:
            raise SendRefused(reason)
        email.state, email.attempts, email.next_try_at = EmailState.WAITING, 0, timezone.now()
        email.save(update_fields=["state", "attempts", "next_try_at"])
    publish(email.pk)
    return email


def send_again(*, email_id: int) -> OutgoingEmail:
    """Send what was sent once more, as an e-mail of its own. Raises SendRefused."""
    email = OutgoingEmail.objects.select_related("order").get(pk=email_id)
    allowed, reason = may_send_again(state=email.state, forgets=_forgets(email))
    if allowed and email.order and _is_for_customer(email):
        allowed, reason = may_send(email.order, email.kind)
    if not allowed:
        raise SendRefused(reason)
    with transaction.atomic():
        return write(
            about=email.about,
            kind=email.kind,
            occasion=_next_occasion(email),
            order=email.order,
            language=email.language,
        )


def _forgets(email: OutgoingEmail) -> bool:
    kind = KINDS.get(email.kind)
    return kind is None or kind.audience in {Audience.ACCOUNT, Audience.NOTICE}


def _is_for_customer(email: OutgoingEmail) -> bool:
    return KINDS[email.kind].audience is Audience.CUSTOMER


def _next_occasion(email: OutgoingEmail) -> str:
    same = OutgoingEmail.objects.filter(about=email.about, kind=email.kind)
    times = same.filter(occasion__startswith=f"{email.event}{RESENT}").count()
    return f"{email.event}{RESENT}{times + 1}"
