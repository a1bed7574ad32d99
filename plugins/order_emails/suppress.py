"""Keep Saleor from sending e-mails of its own.

Saleor queues a confirmation when an order is created, another when it is paid, and more from
account pages. The release ships none of their templates, some carry tokens as task arguments,
and each would tell the customer a second time what our own e-mail says.
"""

from __future__ import annotations

import logging
from types import ModuleType
from typing import Any

from saleor.account import emails as account_emails
from saleor.checkout import utils as checkout_utils
from saleor.order import OrderEvents, OrderEventsEmails
from saleor.order import actions as order_actions
from saleor.order import emails as order_emails
from saleor.order.models import OrderEvent

logger = logging.getLogger(__name__)


class SuppressedTask:
    """Stands where Saleor expects a Celery task of an e-mail, and does nothing."""

    def delay(self, *_args: Any, **_kwargs: Any) -> None:
        """Publish nothing."""

    apply_async = delay


def suppress_saleor_emails() -> None:
    """Replace every e-mail task by its name wherever Saleor looks it up; idempotent."""
    for module in (order_emails, account_emails):
        module.send_templated_mail = _send_nothing
    tasks = _task_names(order_emails) | _task_names(account_emails)
    for module in (order_emails, account_emails, checkout_utils, order_actions):
        for name in tasks & vars(module).keys():
            setattr(module, name, SuppressedTask())


def unclaim_payment_email(*, order_id: int) -> None:
    """Take back the history's claim that Saleor's payment e-mail went out.

    Saleor writes it when it queues the e-mail. Ours writes its own line once it was sent.
    """
    OrderEvent.objects.filter(
        order_id=order_id,
        type=OrderEvents.EMAIL_SENT,
        parameters__email_type=OrderEventsEmails.PAYMENT,
    ).delete()


def _task_names(module: ModuleType) -> set[str]:
    return {name for name, value in vars(module).items() if hasattr(value, "delay")}


def _send_nothing(template_name: str, *_args: Any, **_kwargs: Any) -> None:
    # Reached only by a task that was published before this was installed.
    logger.warning("Saleor's own e-mail %s was not sent", template_name)
