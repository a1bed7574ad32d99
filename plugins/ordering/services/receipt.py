"""Does the customer want the payment provider's own receipt? Unless asked for, it is not sent."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from plugins.ordering.discretion import RECEIPT_KEY
from plugins.ordering.services.locks import lock_checkout


@transaction.atomic
def choose_receipt(*, checkout_token: UUID, wanted: bool) -> None:
    """Keep the choice with the basket, from where it goes to the order; gone baskets are left."""
    checkout = lock_checkout(checkout_token)
    if checkout is None or bool((checkout.metadata or {}).get(RECEIPT_KEY)) == wanted:
        return
    if wanted:
        checkout.store_value_in_metadata({RECEIPT_KEY: True})
    else:
        checkout.delete_value_from_metadata(RECEIPT_KEY)
    checkout.save(update_fields=["metadata"])
