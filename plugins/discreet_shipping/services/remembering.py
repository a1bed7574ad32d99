"""Choices kept for the next order, only for signed-in customers who asked for it."""

from __future__ import annotations

from typing import Any

from saleor.account.models import User

from plugins.discreet_shipping.choices import Choices, parse, to_data
from plugins.discreet_shipping.constants import REMEMBERED_KEY
from plugins.discreet_shipping.errors import ChoicesRefused

# A date is over by the next order, and a code word belongs to one conversation.
_FORGOTTEN: dict[str, Any] = {"day": "any", "not_before": "", "weekdays": [], "code_word": ""}


def remember_choices(*, user: User, choices: Choices, asked: bool) -> None:
    """Keep the choices with the account if the customer asked for it; else forget older ones."""
    if not asked:
        forget_choices(user=user)
        return
    user.store_value_in_private_metadata({REMEMBERED_KEY: {**to_data(choices), **_FORGOTTEN}})
    user.save(update_fields=["private_metadata"])


def forget_choices(*, user: User) -> None:
    """Take remembered choices out of the account."""
    user.delete_value_from_private_metadata(REMEMBERED_KEY)
    user.save(update_fields=["private_metadata"])


def remembered_choices(*, user: User) -> Choices | None:
    """Return what the account remembers, or None."""
    data = (user.private_metadata or {}).get(REMEMBERED_KEY)
    try:
        return parse(data) if data else None
    except ChoicesRefused:
        return None
