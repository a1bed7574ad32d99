"""Writing e-mails into the outbox and sending them, each once."""

from plugins.order_emails.services.again import send_again, try_again
from plugins.order_emails.services.forgetting import forget_old_emails
from plugins.order_emails.services.outbox import (
    publish_due_emails,
    queue_account_email,
    queue_email,
    queue_notice_email,
    queue_staff_email,
)
from plugins.order_emails.services.reminding import remind_of_payment, tell_of_decline
from plugins.order_emails.services.sending import send_email
from plugins.order_emails.services.silence import unclaim_payment_email
from plugins.order_emails.services.texts import reset_text, save_text
from plugins.order_emails.services.trying_out import send_test

__all__ = [
    "forget_old_emails",
    "publish_due_emails",
    "queue_account_email",
    "queue_email",
    "queue_notice_email",
    "queue_staff_email",
    "remind_of_payment",
    "reset_text",
    "save_text",
    "send_again",
    "send_email",
    "send_test",
    "tell_of_decline",
    "try_again",
    "unclaim_payment_email",
]
