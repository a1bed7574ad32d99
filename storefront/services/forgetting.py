"""Forgetting addresses that were given to us and never confirmed."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from saleor.account.models import User

from plugins.ordering.retention import too_old
from storefront.tokens import PENDING_EMAIL


@transaction.atomic
def forget_unconfirmed(*, now: datetime | None = None) -> int:
    """Delete accounts that were never confirmed, and new addresses of others; return how many."""
    before = too_old("unconfirmed", now)
    return _forget_accounts(before) + _forget_new_addresses(before)


def _forget_accounts(before: datetime) -> int:
    never = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_staff=False)
    _rows, deleted = never.filter(date_joined__lt=before, orders=None).delete()
    return deleted.get(User._meta.label, 0)


def _forget_new_addresses(before: datetime) -> int:
    asked = {f"private_metadata__{PENDING_EMAIL}__asked__lt": before.isoformat()}
    users = list(User.objects.select_for_update(of=("self",)).filter(**asked))
    for user in users:
        user.delete_value_from_private_metadata(PENDING_EMAIL)
        user.save(update_fields=["private_metadata"])
    return len(users)
