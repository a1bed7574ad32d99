"""What customers write to the shop: kept for staff, who are told that it came and nothing of it."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import get_language
from saleor.order.models import Order

from plugins.fulfilment.models import NextOrderNote
from plugins.order_emails.models import CustomerMessage, MessageAnswer
from plugins.order_emails.outbox import queue_notice_email, queue_staff_email
from plugins.ordering.email_promises import message_promise
from plugins.ordering.retention import retention_cutoff
from plugins.ordering.submitted_forms import claim_form
from product_content.decisions import ALLOWED, Decision, Refused, refused
from product_content.parsing import normal_email, parse_id

MAX_MESSAGE = 4000  # characters
MIN_SECONDS = 3  # nobody reads the form and writes a sentence in less
MAX_SECONDS = 12 * 60 * 60  # a tab that was left open over the day still works
_SALT = "order_emails.message_form"


def form_seal(at: float | None = None) -> str:
    """Return what a form carries so that its age is known; `at` in Unix seconds, now without it."""
    return signing.dumps(int(time.time() if at is None else at), salt=_SALT)


def written_by_a_person(*, seal: str, trap: str, now: float | None = None) -> Decision:
    """Say whether a form looks as if a person had filled it in; nobody else is asked.

    `trap` is a field that people do not see. The reason is "trap", or "seal" for a form that is
    too young, too old or not ours: a person then sends it once more.
    """
    if trap:
        return refused("trap")
    try:
        made = int(signing.loads(seal, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return refused("seal")
    age = (time.time() if now is None else now) - made
    return ALLOWED if MIN_SECONDS <= age <= MAX_SECONDS else refused("seal")


@transaction.atomic
def store_message(
    *, text: str, email: str = "", order_id: int | None = None, form_token: str = ""
) -> None:
    """Keep a message and tell staff that there is one; the same form sent twice is one message.

    Give `email`, for the answer, or `order_id`: then the answer goes to the order's customer.
    """
    if not claim_form(owner="message", token=form_token):
        return
    message = CustomerMessage.objects.create(
        text=text, email=normal_email(email), order_id=order_id, language=get_language() or ""
    )
    named = number_named_in(text) if order_id is None else None
    if named is not None:
        with suppress(AnswerRefused):
            link_message(message_id=message.pk, order_id=named, email=email)
    queue_staff_email(
        kind="customer_message", dedup_key="received", subject_id=f"message-{message.pk}"
    )


ANSWER = "answer-"  # begins the dedup_key of an answer's e-mail; the answer's id follows


class AnswerRefused(Refused):
    """The answer was not sent; the reason is for staff."""


def address_of(message: CustomerMessage) -> str:
    """Return where the answer to a message goes; "" where its person is gone."""
    if message.order is None:
        return str(message.email)
    return str(message_promise(message.order, "order_confirmed").recipient)


@transaction.atomic
def answer_message(*, message_id: int, text: str, user_id: int) -> None:
    """Send an answer to a message by e-mail, and note who answered. Raises AnswerRefused.

    A message that somebody else has just answered or closed can be answered once more.
    """
    message = CustomerMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    address = address_of(message)
    if not address:
        raise AnswerRefused("Nobody is left to write to: the order has no person any more.")
    answer = MessageAnswer.objects.create(message=message, text=text, written_by_id=user_id)
    with translation.override(message.language or settings.LANGUAGE_CODE):
        queue_notice_email(
            about=f"message-{message.pk}",
            kind="message_answer",
            dedup_key=f"{ANSWER}{answer.pk}",
            to_address=address,
            path="",
        )
    message.answered_at, message.answered_by_id = timezone.now(), user_id
    message.closed_at = None
    message.save(update_fields=["answered_at", "answered_by", "closed_at"])


def close_message(*, message_id: int) -> bool:
    """Note that nobody has to answer a message (any more); False if it was closed before."""
    open_ = CustomerMessage.objects.filter(pk=message_id, closed_at=None)
    return bool(open_.update(closed_at=timezone.now()))


def link_message(*, message_id: int, order_id: int, email: str) -> None:
    """Say which order a message is about, if its customer wrote it. Raises AnswerRefused."""
    order = Order.objects.filter(pk=order_id).first()
    own = normal_email(order.get_customer_email() or "") if order else ""
    if order is None or own != normal_email(email):
        raise AnswerRefused("No order of this number has the address of whoever wrote.")
    CustomerMessage.objects.filter(pk=message_id, order=None).update(order=order)


def number_named_in(text: str) -> int | None:
    """Return the number of an order that a message names, such as "order 1042" or "#1042"."""
    found = _NAMED.search(text)
    return parse_id(found[1]) if found else None


_NAMED = re.compile(r"(?:#|\b(?:order|pedido)\b)\D{0,12}?([0-9]{1,9})\b", re.IGNORECASE)


def mark_answered(*, message_id: int, user_id: int) -> bool:
    """Note who answered; False if somebody had before, and that stays."""
    open_ = CustomerMessage.objects.filter(pk=message_id, answered_at=None)
    return bool(open_.update(answered_at=timezone.now(), answered_by_id=user_id))


def delete_old_messages(*, now: datetime | None = None) -> int:
    """Delete messages, and notes for a next order, whose retention has ended; return how many."""
    old = CustomerMessage.objects.filter(received_at__lt=retention_cutoff("messages", now))
    notes = NextOrderNote.objects.filter(written_at__lt=retention_cutoff("next_order_notes", now))
    return old.delete()[0] + notes.delete()[0]
