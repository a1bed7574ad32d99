"""Rows that a change locks first, so that two requests at once do it one after the other.

Only the row itself is locked, not those that are joined to it. Needs a transaction.
"""

from __future__ import annotations

from uuid import UUID

from saleor.account.models import User
from saleor.checkout.models import Checkout


def locked_user(user_id: int) -> User:
    """Lock an account and return it; raises User.DoesNotExist."""
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)


def locked_checkout(token: UUID | None) -> Checkout | None:
    """Lock the basket with this token and return it, or None when there is none."""
    if token is None:
        return None
    return Checkout.objects.select_for_update(of=("self",)).filter(pk=token, user=None).first()
