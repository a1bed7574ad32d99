"""Customers' personal data: handing it over, erasing it with the account, and its retention."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils import timezone
from saleor.account.models import Address, User
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.payment import ChargeStatus

from plugins.discreet_shipping.choices import to_data
from plugins.discreet_shipping.order_contract import choices_of, remembered_choices
from plugins.fulfilment.models import Return
from plugins.order_emails.models import OutgoingEmail
from plugins.order_emails.outbox import queue_account_email
from plugins.ordering.addresses import delete_unused_addresses
from plugins.ordering.erasure import anonymise_order
from plugins.ordering.order_state import attention_reasons
from plugins.ordering.retention import retention_cutoff
from storefront.accounts import pending_email
from storefront.addresses import locked_user
from storefront.basket_changes import ACCOUNT_KEY
from storefront.orders import order_state
from storefront.tokens import PENDING_EMAIL

Data = dict[str, Any]


def account_data(user_id: int) -> Data:
    """Return it as values that JSON can hold; money as text, with its currency beside it."""
    user = User.objects.get(pk=user_id)
    orders = Order.objects.filter(user=user).exclude(status=OrderStatus.DRAFT).order_by("pk")
    related = orders.select_related("shipping_address", "billing_address")
    remembered = remembered_choices(user=user)
    return {
        "account": {
            "email": user.email,
            "new_email_to_confirm": pending_email(user),
            "name": f"{user.first_name} {user.last_name}".strip(),
            "opened": user.date_joined,
            "last_log_in": user.last_login,
            "note_of_staff": user.note or "",
        },
        "addresses": [_address_data(address) for address in user.addresses.all()],
        "remembered_choices": to_data(remembered) if remembered else None,
        "orders": [_order_data(order) for order in related.prefetch_related("lines")],
        "emails": _email_data(OutgoingEmail.objects.filter(user=user)),
    }


def _order_data(order: Order) -> Data:
    return {
        "number": order.pk,
        "placed": order.created,
        "state": order_state(order),
        "email": order.user_email,
        "language": order.language_code,
        "note": order.customer_note,
        "billing_address": _address_data(order.billing_address),
        "delivery_address": _address_data(order.shipping_address),
        "delivery": order.shipping_method_name or "",
        "delivery_price": str(order.shipping_price_gross_amount),
        "discount": str(order.discount_amount),
        "total": str(order.total_gross_amount),
        "currency": order.currency,
        "lines": [_line_data(line) for line in order.lines.all()],
        "returns": [_return_data(about) for about in order.returns.order_by("pk")],
        "how_the_parcel_looks": to_data(choices_of(order)),
        "emails": _email_data(OutgoingEmail.objects.filter(order=order)),
    }


def _line_data(line: OrderLine) -> Data:
    return {
        "name": line.product_name,
        "option": line.variant_name,
        "code": line.product_sku,
        "pieces": line.quantity,
        "price_each": str(line.unit_price_gross_amount),
    }


def _return_data(about: Return) -> Data:
    lines = about.lines.select_related("line", "wanted").order_by("pk")
    return {
        "number": about.number,
        "state": about.state,
        "reason": about.reason,
        "sealed": about.sealed,
        "message": about.message,
        "replaced_by": about.replacement_id,
        "lines": [
            {
                "code": row.line.product_sku,
                "announced": row.announced,
                "inspected": row.inspected,
                "wanted": row.wanted.sku if row.wanted else None,
            }
            for row in lines
        ],
        "history": list(about.steps.order_by("pk").values("state", "at")),
    }


def _address_data(address: Address | None) -> Data | None:
    return address.as_data() if address else None


def _email_data(sent: Any) -> list[Data]:
    """Return kind and time of e-mails; their texts are not kept."""
    return list(sent.order_by("pk").values("kind", "state", "created_at", "sent_at"))


_FINISHED = (OrderStatus.FULFILLED, OrderStatus.CANCELED)


@transaction.atomic
def delete_account(*, user_id: int) -> None:
    """Delete a customer's account and all that the law does not make us keep; say so by e-mail.

    Orders that were never paid are made anonymous at once. Others keep their bill
    and its address until its retention ends (plugins.ordering.retention), and while they are on
    their way also what the parcel needs.
    """
    user = locked_user(user_id)
    for order in Order.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"):
        _detach_order(order)
    _queue_confirmation(user)
    addresses = list(user.addresses.values_list("pk", flat=True))
    _erase_log_ins(user.email)
    user.delete()
    delete_unused_addresses(addresses)


def _detach_order(order: Order) -> None:
    if _was_never_paid(order):
        anonymise_order(order=order)
        return
    order.user = None
    order.delete_value_from_private_metadata(ACCOUNT_KEY)
    if order.status in _FINISHED:
        order.customer_note = ""
        order.returns.update(message="")
        own = (order.billing_address_id, order.shipping_address_id)
        Address.objects.filter(pk__in=filter(None, own)).update(phone="")
    order.save()


def _was_never_paid(order: Order) -> bool:
    if order.status != OrderStatus.CANCELED or attention_reasons(order):
        return False
    return not order.payments.exclude(charge_status=ChargeStatus.NOT_CHARGED).exists()


def _queue_confirmation(user: User) -> None:
    queue_account_email(
        user_id=user.pk,
        kind="account_deleted",
        dedup_key=timezone.now().isoformat(timespec="seconds"),
        to_old_address=user.email,
    )


def _erase_log_ins(email: str) -> None:
    for tries in (AccessAttempt, AccessFailureLog, AccessLog):
        tries.objects.filter(username=email).delete()


@transaction.atomic
def delete_unconfirmed(*, now: datetime | None = None) -> int:
    """Delete accounts that were never confirmed, and new addresses of others; return how many."""
    before = retention_cutoff("unconfirmed", now)
    return _delete_unconfirmed_accounts(before) + _erase_unconfirmed_emails(before)


def _delete_unconfirmed_accounts(before: datetime) -> int:
    never = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_staff=False)
    _rows, deleted = never.filter(date_joined__lt=before, orders=None).delete()
    return deleted.get(User._meta.label, 0)


def _erase_unconfirmed_emails(before: datetime) -> int:
    asked = {f"private_metadata__{PENDING_EMAIL}__asked__lt": before.isoformat()}
    users = list(User.objects.select_for_update(of=("self",)).filter(**asked))
    for user in users:
        user.delete_value_from_private_metadata(PENDING_EMAIL)
        user.save(update_fields=["private_metadata"])
    return len(users)
