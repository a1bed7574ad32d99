"""Forgetting old rows of the outbox."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from plugins.order_emails.models import UNSENT, OutgoingEmail
from plugins.ordering.retention import too_old
from plugins.ordering.services.forget_orders import FORGOTTEN


def forget_old_emails(*, now: datetime | None = None) -> int:
    """Delete rows of e-mails that were sent or given up long ago; return how many.

    A row of an order stays until the order is anonymous: it is what keeps the same e-mail
    from being written again when something else happens to that order.
    """
    gone = Q(order=None) | Q(order__private_metadata__has_key=FORGOTTEN)
    old = OutgoingEmail.objects.filter(gone, created_at__lt=too_old("emails", now))
    return old.exclude(state__in=UNSENT).delete()[0]
