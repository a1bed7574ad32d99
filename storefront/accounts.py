"""Customers' accounts: the overview, the orders in them, and what their owners change.

The secrets in account links are bound to
the account's id, password, e-mail address and last log-in, so each works once, and for nothing but
its own purpose. It lasts for settings.PASSWORD_RESET_TIMEOUT seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.paginator import Page, Paginator
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import get_language
from prices import Money
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import Order

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.collection_points import find_point
from plugins.discreet_shipping.order_contract import erase_remembered_choices, remembered_choices
from plugins.order_emails.outbox import queue_account_email
from plugins.ordering.links import orders_by_token
from plugins.ordering.locks import locked_user
from plugins.ordering.submitted_forms import claim_form, is_claimed
from plugins.ordering.totals import price_of_order
from product_content.parsing import parse_id
from storefront.orders import order_state
from storefront.types import OrderState

# In the account's private metadata until it is confirmed: its address, and when it was asked for.
PENDING_EMAIL = "new_email"


class ConfirmTokens(PasswordResetTokenGenerator):
    """For a new account: proves its address and lets its owner choose the first password."""

    key_salt = "storefront.account.confirm"


class ResetTokens(PasswordResetTokenGenerator):
    """For a forgotten password."""

    key_salt = "storefront.account.reset"


class UnlockTokens(PasswordResetTokenGenerator):
    """For a log-in that is locked because somebody tried passwords."""

    key_salt = "storefront.account.unlock"


class NewEmailTokens(PasswordResetTokenGenerator):
    """For another e-mail address: bound to the old and the new one."""

    key_salt = "storefront.account.email"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        pending = (user.private_metadata or {}).get(PENDING_EMAIL, {}).get("address", "")
        return f"{super()._make_hash_value(user, timestamp)}{pending}"


confirm_tokens, reset_tokens, new_email_tokens = ConfirmTokens(), ResetTokens(), NewEmailTokens()
unlock_tokens = UnlockTokens()


@dataclass(frozen=True, slots=True)
class Account:
    """What the account page shows. `pending_email` waits to be confirmed; empty: none does."""

    email: str
    pending_email: str
    addresses: int
    orders: int
    remembered: Choices | None
    point_name: str


def find_customer(user_id: int | None) -> User | None:
    """Return the account; None if it is gone, switched off or a staff member's."""
    if user_id is None:
        return None
    return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()


def get_account(user_id: int) -> Account:
    """Return the overview of a customer's account."""
    placed = Count("orders", filter=~Q(orders__status=OrderStatus.DRAFT), distinct=True)
    saved = Count("addresses", distinct=True)
    user = User.objects.annotate(placed=placed, saved=saved).get(pk=user_id)
    remembered = remembered_choices(user=user)
    return Account(
        email=user.email,
        pending_email=pending_email(user),
        addresses=user.saved,
        orders=user.placed,
        remembered=remembered,
        point_name=_point_name(remembered),
    )


def pending_email(user: User | None) -> str:
    """Return the address that waits to be confirmed, or ""."""
    pending = (user.private_metadata or {}).get(PENDING_EMAIL) if user else None
    return str(pending["address"]) if pending else ""


def address_of_token(user_id: int, token: str) -> str:
    """Return the new address that the secret of a link confirms, or "" when it does not."""
    user = find_customer(user_id)
    return pending_email(user) if new_email_tokens.check_token(user, token) else ""


def _point_name(remembered: Choices | None) -> str:
    point = find_point(remembered.point) if remembered and remembered.point else None
    return point.name if point else ""


_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list. It says nothing of what was bought."""

    number: str
    token: UUID
    placed_at: datetime
    state: OrderState
    total: Money


def orders_of(user_id: int, page: str) -> Page[OrderRow]:
    """Return a page of the account's orders, newest first; the nearest one if there is none."""
    orders = Order.objects.filter(user_id=user_id).exclude(status=OrderStatus.DRAFT)
    read = orders.select_related("voucher").prefetch_related("flags", "lines")
    found = Paginator(read.order_by("-pk"), _PAGE_SIZE).get_page(page)
    found.object_list = [_order_row(order) for order in found.object_list]
    return found


def has_account(token: UUID) -> bool:
    """Say whether the order with this token is in somebody's account."""
    return orders_by_token(token).filter(user__isnull=False).exists()


def _order_row(order: Order) -> OrderRow:
    return OrderRow(
        number=str(order.pk),
        token=UUID(order.token),
        placed_at=order.created,
        state=order_state(order),
        total=price_of_order(order),
    )


@transaction.atomic
def request_new_email(*, user_id: int, email: str) -> None:
    """Store the new address; it is used once a link sent to it has been opened.

    Does the same for an address that another account has; the task checks that.
    """
    from storefront.tasks import send_new_email_link

    user = locked_user(user_id)
    asked = timezone.now().isoformat()
    user.store_value_in_private_metadata({PENDING_EMAIL: {"address": email, "asked": asked}})
    user.save(update_fields=["private_metadata"])
    send_new_email_link.delay(user_id, get_language())


def confirm_new_email(*, user_id: int, token: str) -> bool:
    """Switch to the pending address and notify the old one; False if the link does not work.

    A link works once, for its own account and the last address asked for, and not if another
    account has the address by now.
    """
    try:
        with transaction.atomic():
            return _confirm_new_email(user_id, token)
    except IntegrityError:  # one account per address, whatever its case
        return False


@transaction.atomic
def end_all_sessions(*, user_id: int, password: str) -> bool:
    """Log the customer out everywhere; False if it is not their password.

    Django ends sessions when the stored password changes: the same one is stored with new salt.
    Links that were sent before end with it.
    """
    user = locked_user(user_id)
    if not user.check_password(password):
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    return True


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Whose log-in a link unlocks: what they log in with, and whether at /staff/."""

    email: str
    is_staff: bool


def account_to_unlock(uid: str, token: str) -> Unlocked | None:
    """Return whose log-in the link of an e-mail unlocks; None if it does not work."""
    user = _user_of_link(uid)
    if not unlock_tokens.check_token(user, token) or _was_used(uid, token):
        return None
    return Unlocked(user.email, user.is_staff) if user else None


@transaction.atomic
def use_unlock_link(uid: str, token: str) -> Unlocked | None:
    """The same, once: the link does not work any more."""
    found = account_to_unlock(uid, token)
    return found if found and claim_form(owner=_UNLOCKING, token=f"{uid}-{token}") else None


_UNLOCKING = "unlock"  # whose forms they are, among those that were sent


def _was_used(uid: str, token: str) -> bool:
    return is_claimed(owner=_UNLOCKING, token=f"{uid}-{token}")


def _user_of_link(uid: str) -> User | None:
    try:
        user_id = parse_id(urlsafe_base64_decode(uid).decode())
    except ValueError:  # nothing that we wrote
        return None
    return User.objects.filter(pk=user_id, is_active=True).first()


@transaction.atomic
def delete_remembered_choices(*, user_id: int) -> None:
    """Delete the delivery choices that the account remembers."""
    erase_remembered_choices(user=locked_user(user_id))


def _confirm_new_email(user_id: int, token: str) -> bool:
    user = locked_user(user_id)
    if not new_email_tokens.check_token(user, token):
        return False
    old, user.email = user.email, pending_email(user)
    user.delete_value_from_private_metadata(PENDING_EMAIL)
    user.save(update_fields=["email", "private_metadata"])
    user.orders.filter(user_email__iexact=old).update(user_email=user.email)
    queue_account_email(
        user_id=user_id,
        kind="address_changed",
        dedup_key=timezone.now().isoformat(timespec="seconds"),
        to_old_address=old,
    )
    return True


def add_order(*, user_id: int, token: UUID) -> bool:
    """Put a guest's order into an account; False if there is none, or it is in another account.

    Its e-mails still go where the customer was told that they go: to the address given with it.
    Only for an order that this browser may open. A matching e-mail address is not enough: anybody
    who registers with it would get the orders that others placed with it.
    """
    if orders_by_token(token).filter(user=None).update(user_id=user_id):
        return True
    return orders_by_token(token).filter(user=user_id).exists()
