"""Deleting an account and its data."""

from __future__ import annotations

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import transaction
from django.utils import timezone
from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.payment import ChargeStatus

from plugins.order_emails.services import queue_account_email
from plugins.ordering.services import forget_order
from plugins.ordering.services.notes import ATTENTION
from plugins.ordering.services.unused_addresses import delete_unused_addresses
from storefront.services.basket_owners import ACCOUNT_KEY

_OVER = (OrderStatus.FULFILLED, OrderStatus.CANCELED)


@transaction.atomic
def delete_account(*, user_id: int) -> None:
    """Delete a customer's account and all that the law does not make us keep; say so by e-mail.

    Orders that were never paid are made anonymous at once. Of the others the bill stays, with the
    address that stands on it, until its time is over (plugins.ordering.retention); of those still
    on their way also what the parcel needs.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    for order in Order.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"):
        _part_from(order)
    _say_good_bye(user)
    addresses = list(user.addresses.values_list("pk", flat=True))
    _forget_log_ins(user.email)
    user.delete()
    delete_unused_addresses(addresses)


def _part_from(order: Order) -> None:
    if _was_never_paid(order):
        forget_order(order=order)
        return
    order.user = None
    order.delete_value_from_private_metadata(ACCOUNT_KEY)
    if order.status in _OVER:
        order.customer_note = ""
        own = (order.billing_address_id, order.shipping_address_id)
        Address.objects.filter(pk__in=filter(None, own)).update(phone="")
    order.save()


def _was_never_paid(order: Order) -> bool:
    if order.status != OrderStatus.CANCELED or ATTENTION in order.private_metadata:
        return False
    return not order.payments.exclude(charge_status=ChargeStatus.NOT_CHARGED).exists()


def _say_good_bye(user: User) -> None:
    queue_account_email(
        user_id=user.pk,
        kind="account_deleted",
        occasion=timezone.now().isoformat(timespec="seconds"),
        to_old_address=user.email,
    )


def _forget_log_ins(email: str) -> None:
    for tries in (AccessAttempt, AccessFailureLog, AccessLog):
        tries.objects.filter(username=email).delete()
