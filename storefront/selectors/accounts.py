"""Reading accounts of customers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from saleor.account.models import User
from saleor.order import OrderStatus

from plugins.discreet_shipping.choices import Choices
from plugins.discreet_shipping.selectors import find_point
from plugins.discreet_shipping.services import remembered_choices
from storefront.tokens import PENDING_EMAIL, new_email_tokens


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
