"""From whom, to whom and under which subject an e-mail goes, by its audience."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from plugins.order_emails.kinds import Audience, Kind
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.ordering.discretion import message_promise


@dataclass(frozen=True, slots=True)
class Envelope:
    """`subject` and `preheader` are empty where the kind's own texts give them."""

    sender: str
    recipients: tuple[str, ...]
    subject: str = ""
    preheader: str = ""


def language_of(row: OutgoingEmail, kind: Kind) -> str:
    """Return the language of an e-mail: the order's for its customer, else the row's."""
    if kind.audience is Audience.CUSTOMER and row.order is not None:
        return str(row.order.language_code)
    return row.language or settings.LANGUAGE_CODE


def envelope_of(row: OutgoingEmail, kind: Kind) -> Envelope:
    """Return the envelope; raises NoRecipient when nobody is left to write to."""
    envelope = _by_promise(row) if kind.audience is Audience.CUSTOMER else _own(row, kind)
    if not any(envelope.recipients):
        raise NoRecipient
    return envelope


def _by_promise(row: OutgoingEmail) -> Envelope:
    if row.order is None:
        raise NoRecipient
    promise = message_promise(row.order, row.kind)
    return Envelope(promise.sender, (promise.recipient,), promise.subject, promise.preheader)


def _own(row: OutgoingEmail, kind: Kind) -> Envelope:
    if kind.audience is Audience.STAFF:
        return Envelope(settings.DEFAULT_FROM_EMAIL, tuple(settings.STAFF_EMAILS))
    address = row.to_address or (row.user.email if row.user else "")
    return Envelope(settings.DEFAULT_FROM_EMAIL, (address,))
