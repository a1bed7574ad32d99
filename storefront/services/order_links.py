"""A new link to an order, for whoever knows its number and its e-mail address.

Whether the two belong together is told to nobody but the order's mailbox: a request does the
same work for every pair, and a task finds out afterwards.
"""

from __future__ import annotations

from kombu.exceptions import OperationalError

from plugins.order_emails.services import queue_email
from storefront.errors import LinkNotSent
from storefront.selectors.orders import order_id_for
from storefront.services.moments import this_moment


def ask_for_link(*, number: int, email: str) -> None:
    """Have a new link sent to the order's address, if both belong together; raise LinkNotSent."""
    from storefront.tasks import send_order_link

    try:
        send_order_link.delay(order_id_for(number=number, email=email))
    except OperationalError as error:
        raise LinkNotSent from error


def send_link(*, order_id: int | None) -> None:
    """Put the e-mail with the link into the outbox, at most one every few minutes."""
    if order_id is not None:
        queue_email(order_id=order_id, kind="new_link", occasion=this_moment())
