"""From a row of the outbox to the mail server: its envelope, text and HTML, and SMTP."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import select_template
from django.utils import translation

from plugins.order_emails.kinds.base import (
    KINDS,
    Audience,
    Context,
    Kind,
    Texts,
    link,
    only_promised,
)
from plugins.order_emails.kinds.orders import LINK_TO_ORDER
from plugins.order_emails.models import EmailText, OutgoingEmail
from plugins.order_emails.policies import SMTP_PAUSE, NoRecipient, should_pause_smtp
from plugins.order_emails.texts import BrokenText, fill, paragraphs, stored_text, texts_of
from plugins.ordering.email_promises import message_promise
from plugins.ordering.order_messages import LINK_ONLY
from product_content.shop_settings import hold_shop_facts, shop_facts


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
        return Envelope(shop_facts().sender, shop_facts().staff_emails)
    address = row.to_address or (row.user.email if row.user else "")
    return Envelope(shop_facts().sender, (address,))


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An e-mail as it is read."""

    subject: str
    preheader: str
    text: str
    html: str


class BuiltMessage(EmailMultiAlternatives):
    """A message that knows its preheader, which mail programs show beside the subject."""

    preheader = ""

    @property
    def outside(self) -> dict[str, str]:
        """What others can see of it without opening it."""
        return {
            "from": self.from_email,
            "to": ", ".join(self.to),
            "subject": str(self.subject),
            "preheader": self.preheader,
        }


def build_message(row: OutgoingEmail) -> BuiltMessage:
    """Return the message of a row, in its language.

    Raises NoRecipient when whom it is for or about is gone, KeyError for an unknown kind.
    """
    kind = KINDS[row.kind]
    with hold_shop_facts(), translation.override(language_of(row, kind)):
        envelope = envelope_of(row, kind)
        rendered = render_row(row, kind, envelope)
    message = BuiltMessage(
        subject=rendered.subject,
        body=rendered.text,
        from_email=envelope.sender,
        to=list(envelope.recipients),
        headers=_headers(row),
    )
    message.attach_alternative(rendered.html, "text/html")
    message.preheader = rendered.preheader
    return message


def render_row(row: OutgoingEmail, kind: Kind, envelope: Envelope) -> Rendered:
    """Return the e-mail of a row; about an order, it holds what was promised and no more."""
    context = context_of(row, kind)
    if context is None:  # no words of the kind, nor staff's: they tell more than the link
        about = LINK_TO_ORDER
        return render_texts(about, about.texts, about.context(row), envelope)
    return render(kind, context, envelope)


def context_of(row: OutgoingEmail, kind: Kind) -> Context | None:
    """Return what the e-mail of a row may tell; None where a link is all that was promised."""
    if kind.audience is not Audience.CUSTOMER or row.order is None:
        return kind.context(row)
    inside = message_promise(row.order, row.kind).inside
    return None if inside == LINK_ONLY else only_promised(kind.context(row), inside)


def render(kind: Kind, context: Context, envelope: Envelope) -> Rendered:
    """Return subject, text and HTML of a kind in the active language, in the shop's own words.

    Words of the shop that cannot be filled in are noted for staff, and the default goes out:
    an e-mail waits for no text.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    own = _stored_text(kind.name, language)
    if own is not None:
        try:
            return render_texts(kind, texts_of(kind, own), context, envelope)
        except BrokenText as broken:
            own.note_problem(str(broken))
            logger.warning("e-mail text %s is broken: the default is sent", own.pk)
    return render_texts(kind, kind.texts, context, envelope)


def _stored_text(kind: str, language: str) -> EmailText | None:
    """Return the shop's own words; those of a batch are read once."""
    if not _kept.in_batch:
        return stored_text(kind, language)
    if (kind, language) not in _kept.texts:
        _kept.texts[kind, language] = stored_text(kind, language)
    return _kept.texts[kind, language]


def render_texts(kind: Kind, texts: Texts, context: Context, envelope: Envelope) -> Rendered:
    """Return the e-mail with these words; raises BrokenText if they cannot be filled in."""
    values = context | _words(texts, context, envelope)
    values |= {
        "shop_name": shop_facts().name,
        "language": (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0],
        "for_staff": kind.audience is Audience.STAFF,
    }
    return Rendered(
        subject=_render(kind.name, "subject.txt", values).strip(),
        preheader=str(values["preheader"]),
        text=_render(kind.name, "body.txt", values),
        html=_inliner().inline(_render(kind.name, "body.html", values)),
    )


def _words(texts: Texts, context: Context, envelope: Envelope) -> dict[str, Any]:
    return {
        "subject": envelope.subject or fill(str(texts.subject), context),
        "preheader": envelope.preheader or fill(str(texts.preheader), context),
        "heading": fill(str(texts.heading), context),
        "opening": paragraphs(fill(str(texts.opening), context)),
        "button": fill(str(texts.button), context),
        "closing": paragraphs(fill(str(texts.closing), context)),
    }


def _render(kind: str, part: str, values: dict[str, Any]) -> str:
    template = select_template([f"order_emails/{kind}/{part}", f"order_emails/base/{part}"])
    return template.render(values)


def _headers(row: OutgoingEmail) -> dict[str, str]:
    headers = {"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"}
    if row.unsubscribe_path:
        headers["List-Unsubscribe"] = f"<{link(row.unsubscribe_path)}>"
    return headers


@cache
def _inliner() -> css_inline.CSSInliner:
    # At-rules stay in a style tag: dark mode and small screens cannot be inlined.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


_smtp_paused_until = 0.0  # of this process; on the clock of time.monotonic


def smtp_is_paused() -> bool:
    """Say whether the mail server hung a moment ago.

    A worker that waits for it, e-mail by e-mail, would do nothing else: no webhook, no refund.
    """
    return time.monotonic() < _smtp_paused_until


def send_by_smtp(message: EmailMessage) -> None:
    """Send a message; whatever goes wrong before the server has taken it is raised.

    What goes wrong after that, while saying good-bye, is not: the e-mail would go out twice.
    """
    started = time.monotonic()
    try:
        _send_message(message)
    except Exception as error:
        _pause_if_hanging(error, time.monotonic() - started)
        raise


class _Kept(threading.local):
    """What the batch that this thread sends shares: words, and a connection once it is open."""

    def __init__(self) -> None:
        self.in_batch = False
        self.connection: BaseEmailBackend | None = None
        self.texts: dict[tuple[str, str], EmailText | None] = {}


_kept = _Kept()


@contextmanager
def one_batch() -> Iterator[None]:
    """Inside, the shop's words are read once, and all messages go over one connection.

    It is opened for the first of them. One that failed is not used again: the next message gets a
    new one.
    """
    _kept.in_batch = True
    try:
        yield
    finally:
        _kept.in_batch = False
        _kept.texts.clear()
        _hang_up()


def _send_message(message: EmailMessage) -> None:
    try:
        if _kept.connection is None:
            _kept.connection = get_connection()
            _kept.connection.open()
        message.connection = _kept.connection
        message.send()
    except Exception:
        _hang_up()
        raise
    if not _kept.in_batch:
        _hang_up()


def _hang_up() -> None:
    connection, _kept.connection = _kept.connection, None
    with suppress(Exception):
        if connection is not None:
            connection.close()


def _pause_if_hanging(error: Exception, seconds: float) -> None:
    global _smtp_paused_until  # noqa: PLW0603  what one process has seen, for its next tasks
    if should_pause_smtp(error, seconds).allowed:
        _smtp_paused_until = time.monotonic() + SMTP_PAUSE.total_seconds()
