"""Issuing gift cards."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal

from django.conf import settings
from saleor.giftcard.models import GiftCard

# 16 characters (Saleor's column) out of 31 that cannot be mistaken for one another: 79 bits.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 16


def issue_gift_card(*, amount: Decimal, end_date: date | None = None) -> GiftCard:
    """Create a gift card over `amount`, in the shop's currency, with a code nobody can guess."""
    return GiftCard.objects.create(
        code="".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)),
        currency=settings.DEFAULT_CURRENCY,
        initial_balance_amount=amount,
        current_balance_amount=amount,
        end_date=end_date,
    )
