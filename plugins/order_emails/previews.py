"""How an e-mail would look, with made-up values or a real order's; and sending it to oneself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from saleor.account.models import User

from plugins.order_emails.kinds.base import KINDS, Audience, Context, Kind, Texts
from plugins.order_emails.messages import (
    Envelope,
    Rendered,
    context_of,
    envelope_of,
    render,
    render_texts,
    send_by_smtp,
    smtp_is_paused,
)
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import SendRefused
from plugins.order_emails.texts import BrokenText
from plugins.ordering.order_messages import EMAIL_KINDS, subject_of

_SAMPLE_NUMBER = "1042"
_LINKS = ("url", "unsubscribe_url")


def preview(kind: Kind, language: str, texts: Texts, order: Any = None) -> tuple[Rendered, bool]:
    """Return the e-mail with these words, and whether the order's own values are in it.

    Without an order, or where what the e-mail tells of has not happened to it, made-up values
    are shown. Its links are made up in any case: a real one would open the customer's page.
    Raises BrokenText if the words cannot be filled in.
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
        context = context_of(row, kind)
        if context is None:  # its customer wants a link only: no words of ours are in it
            return None
        return _without_links(kind, context), envelope_of(row, kind)
    except (LookupError, ValueError, ObjectDoesNotExist):
        return None  # there is no such refund or parcel of it


def _without_links(kind: Kind, context: Context) -> Context:
    sample = kind.sample()
    dead = {name: sample.get(name, sample["url"]) for name in _LINKS if context.get(name)}
    return context | dead


SAMPLE_KIND = "order_confirmed"


def send_sample(*, address: str) -> None:
    """Send a customer's confirmation with made-up values, in the active language, and keep nothing.

    It holds what it holds with the usual choices. It does not go through the outbox, which would
    keep the address until it was sent. Raises SendRefused.
    """
    kind = KINDS[SAMPLE_KIND]
    context = kind.sample() | {"lines": [], "address": []}
    rendered = render(kind, context, sample_envelope(kind))
    try:
        if smtp_is_paused():
            raise SendRefused(_CANNOT_SEND)
        _send(rendered, rendered.subject, address)
    except OSError as error:
        raise SendRefused(_CANNOT_SEND) from error


_CANNOT_SEND = "The mail server did not take it. Please try again later."


def _send(rendered: Rendered, subject: str, address: str) -> None:
    message = EmailMultiAlternatives(
        subject=subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(rendered.html, "text/html")
    send_by_smtp(message)


def send_test(*, kind: str, language: str, texts: Texts, user_id: int) -> str:
    """Send these words with made-up values to the user's own address, which is returned.

    It does not go through the outbox: who asks for it waits for the answer. Raises SendRefused.
    """
    address = User.objects.get(pk=user_id).email
    try:
        rendered, _real = preview(KINDS[kind], language, texts)
        _send(rendered, f"Test: {rendered.subject}", address)
    except BrokenText as broken:
        raise SendRefused(str(broken)) from broken
    except OSError as error:
        raise SendRefused(_CANNOT_SEND) from error
    return str(address)
