"""From a row of the outbox to a message: text and HTML of one kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.policies import NoRecipient
from plugins.order_emails.refunds import payment_refunded
from plugins.order_emails.selectors import order_confirmed
from plugins.ordering.discretion import message_promise


def _order_confirmed(email: OutgoingEmail) -> dict[str, Any]:
    if email.order_id is None:
        raise NoRecipient
    return order_confirmed(email.order_id)


def _payment_refunded(email: OutgoingEmail) -> dict[str, Any]:
    return payment_refunded(email.occasion)


# Each kind has one function that returns what its three templates are given.
_CONTEXTS: dict[str, Callable[[OutgoingEmail], dict[str, Any]]] = {
    "order_confirmed": _order_confirmed,
    "payment_refunded": _payment_refunded,
}


def build_message(email: OutgoingEmail) -> EmailMultiAlternatives:
    """Return the message of a row, in the language of its order.

    Raises NoRecipient when the order or its address is gone, KeyError for an unknown kind.
    """
    order = email.order
    if order is None or not (promise := message_promise(order, email.kind)).recipient:
        raise NoRecipient
    with translation.override(order.language_code):
        context = _CONTEXTS[email.kind](email)
        message = EmailMultiAlternatives(
            subject=_render(email.kind, "subject.txt", context).strip(),
            body=_render(email.kind, "body.txt", context),
            from_email=promise.sender,
            to=[promise.recipient],
            headers={"Message-ID": email.message_id, "Auto-Submitted": "auto-generated"},
        )
        html = _inliner().inline(_render(email.kind, "body.html", context))
    message.attach_alternative(html, "text/html")
    return message


def _render(kind: str, part: str, context: dict[str, Any]) -> str:
    return render_to_string(f"order_emails/{kind}/{part}", context)


@cache
def _inliner() -> css_inline.CSSInliner:
    # At-rules stay in a style tag: dark mode and small screens cannot be inlined.
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
