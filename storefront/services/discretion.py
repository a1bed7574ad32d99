"""Keeping what was chosen for a basket, with the voucher worked out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from saleor.account.models import User
from saleor.checkout.models import Checkout

from plugins.discreet_shipping.choices import to_data
from plugins.discreet_shipping.constants import CHOICES_KEY
from plugins.discreet_shipping.errors import ChoicesRefused
from plugins.discreet_shipping.selectors import current_settings
from plugins.discreet_shipping.services import (
    remember_choices,
    remembered_choices,
    set_choices,
)
from storefront.services.checkouts import discount_kept, locked


@transaction.atomic
def keep_choices(
    *,
    token: UUID | None,
    data: Mapping[str, Any],
    customer_id: int | None = None,
    remember: bool = False,
) -> bool:
    """Store the choices; returns False when a voucher that does not fit any more was removed.

    A signed-in customer's account remembers them if they ask for it, and forgets older ones
    if they do not. Raises ChoicesRefused, then nothing is changed, or LineGone without a basket.
    """
    checkout = locked(token)
    chosen = set_choices(checkout=checkout, rules=current_settings(), data=data)
    if customer_id is not None:
        user = User.objects.select_for_update(of=("self",)).get(pk=customer_id)
        remember_choices(user=user, choices=chosen, asked=remember)
    return discount_kept(checkout)


@transaction.atomic
def use_remembered(*, token: UUID | None, customer_id: int | None) -> None:
    """Begin with what the account remembers, in a basket for which nothing was chosen yet.

    What does not fit this basket (another country, a point that closed) is left out whole: the
    next page shows what is in force, and nothing half-remembered surprises anyone.
    """
    checkout = locked(token)
    if customer_id is None or CHOICES_KEY in (checkout.metadata or {}):
        return
    known = remembered_choices(user=User.objects.get(pk=customer_id))
    if known is not None and _fits(checkout, to_data(known)):
        discount_kept(checkout)


def _fits(checkout: Checkout, data: Mapping[str, Any]) -> bool:
    try:
        set_choices(checkout=checkout, rules=current_settings(), data=data)
    except ChoicesRefused:
        return False
    return True
