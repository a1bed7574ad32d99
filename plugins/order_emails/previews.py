"""How an e-mail would look, with made-up values or those of a real order."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone, translation

from plugins.order_emails.envelopes import Envelope, envelope_of
from plugins.order_emails.kinds import Audience, Context, Kind, Texts
from plugins.order_emails.messages import Rendered, render_texts
from plugins.order_emails.models import OutgoingEmail
from plugins.ordering.discretion import subject_of
from plugins.ordering.email_kinds import EMAIL_KINDS

_SAMPLE_NUMBER = "1042"


def preview(kind: Kind, language: str, texts: Texts, order: Any = None) -> tuple[Rendered, bool]:
    """Return the e-mail with these words, and whether the order's own values are in it.

    Without an order, or where what the e-mail tells of has not happened to it, made-up values
    are shown. Raises BrokenText if the words cannot be filled in.
    """
    with translation.override(language):
        real = None if order is None else _of(kind, order)
        context, envelope = real or (kind.sample(), sample_envelope(kind))
        return render_texts(kind, texts, context, envelope), real is not None


def sample_envelope(kind: Kind) -> Envelope:
    """Return sender and subject as an order with the usual choices has them."""
    address = settings.DEFAULT_FROM_EMAIL
    if kind.audience is not Audience.CUSTOMER:
        return Envelope(address, (address,))
    promised = EMAIL_KINDS[kind.name]
    subject = subject_of(kind.name, _SAMPLE_NUMBER)
    return Envelope(address, (address,), subject, str(promised.preheader))


def _of(kind: Kind, order: Any) -> tuple[Context, Envelope] | None:
    row = OutgoingEmail(kind=kind.name, order=order, created_at=timezone.now())
    try:
        return kind.context(row), envelope_of(row, kind)
    except (LookupError, ValueError, ObjectDoesNotExist):
        return None  # there is no such refund or parcel of it
