"""Whose basket it is, where several people use one browser.

A basket belongs to the browser that has its cookie, for customers with an account too. Saleor's
`Checkout.user` stays empty: with it Saleor would write to the account's address in place of the
typed one, and put every address into the account unasked.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from saleor.account.models import Address, User
from saleor.checkout.models import Checkout

from plugins.ordering.selectors import live_order_for_checkout

ACCOUNT_KEY = "account"  # in the basket's private metadata: the id of its customer's account


@transaction.atomic
def claim_basket(*, token: UUID, user_id: int) -> bool:
    """Tie the basket to the account; returns False when it is somebody else's.

    Somebody else's is one that another account has used, or whose order waits for a payment by
    another person. What a guest has put in stays; an address of another person does not.
    """
    checkout = Checkout.objects.select_for_update(of=("self",)).filter(pk=token).first()
    if checkout is None or _is_of_another(checkout, user_id):
        return False
    if checkout.email and not _is_address_of(checkout.email, user_id):
        _forget_contact(checkout)
    checkout.store_value_in_private_metadata({ACCOUNT_KEY: user_id})
    checkout.save()
    return True


def _is_of_another(checkout: Checkout, user_id: int) -> bool:
    owner = (checkout.private_metadata or {}).get(ACCOUNT_KEY)
    if owner is not None:
        return bool(owner != user_id)
    order = live_order_for_checkout(checkout.pk)
    return order is not None and not _is_address_of(order.user_email, user_id)


def _is_address_of(email: str, user_id: int) -> bool:
    return User.objects.filter(pk=user_id, email__iexact=email).exists()


def _forget_contact(checkout: Checkout) -> None:
    addresses = [checkout.shipping_address_id, checkout.billing_address_id]
    checkout.email, checkout.shipping_method = "", None
    checkout.shipping_address = checkout.billing_address = None
    checkout.clear_metadata()  # how the parcel should look may name a person or a place
    checkout.save()
    Address.objects.filter(pk__in=filter(None, addresses)).delete()
