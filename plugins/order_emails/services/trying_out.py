"""Sending an e-mail to oneself, to see it in one's own mail program."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from saleor.account.models import User

from plugins.order_emails.errors import SendRefused
from plugins.order_emails.kinds import KINDS, Texts
from plugins.order_emails.placeholders import BrokenText
from plugins.order_emails.previews import preview
from plugins.order_emails.services.handing_over import hand_over


def send_test(*, kind: str, language: str, texts: Texts, user_id: int) -> str:
    """Send these words with made-up values to the user's own address, which is returned.

    It does not go through the outbox: who asks for it waits for the answer. Raises SendRefused.
    """
    address = User.objects.get(pk=user_id).email
    try:
        rendered, _real = preview(KINDS[kind], language, texts)
        message = EmailMultiAlternatives(
            subject=f"Test: {rendered.subject}",
            body=rendered.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[address],
        )
        message.attach_alternative(rendered.html, "text/html")
        hand_over(message)
    except BrokenText as broken:
        raise SendRefused(str(broken)) from broken
    except OSError as error:
        raise SendRefused("The mail server did not take it. Please try again later.") from error
    return str(address)
