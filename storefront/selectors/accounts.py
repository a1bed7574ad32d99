"""Reading accounts of customers."""

from __future__ import annotations

from saleor.account.models import User


def find_customer(user_id: int | None) -> User | None:
    """Return the account; None if it is gone, switched off or a staff member's."""
    if user_id is None:
        return None
    return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()
