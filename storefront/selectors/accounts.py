"""Reading accounts of customers."""

from __future__ import annotations

from saleor.account.models import User

from storefront.tokens import PENDING_EMAIL


def find_customer(user_id: int | None) -> User | None:
    """Return the account; None if it is gone, switched off or a staff member's."""
    if user_id is None:
        return None
    return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()


def pending_email(user: User | None) -> str:
    """Return the address that waits to be confirmed, or ""."""
    return str((user.private_metadata or {}).get(PENDING_EMAIL, "")) if user else ""
