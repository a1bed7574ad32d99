"""Keeping what was chosen for a basket, with the voucher worked out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from plugins.discreet_shipping.selectors import current_settings
from plugins.discreet_shipping.services import set_choices
from storefront.services.checkouts import discount_kept, locked


@transaction.atomic
def keep_choices(*, token: UUID | None, data: Mapping[str, Any]) -> bool:
    """Store the choices; returns False when a voucher that does not fit any more was removed.

    Raises ChoicesRefused, then nothing is changed, or LineGone without a basket.
    """
    checkout = locked(token)
    set_choices(checkout=checkout, rules=current_settings(), data=data)
    return discount_kept(checkout)
