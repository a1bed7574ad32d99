"""The addresses in a customer's account (Saleor's `User.addresses`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from saleor.account.models import Address, User

from plugins.ordering.services.unused_addresses import delete_unused_addresses
from storefront.errors import AddressBookFull

MOST_ADDRESSES = 20


@transaction.atomic
def add_address(*, user_id: int, address: Mapping[str, str]) -> None:
    """Add an address, with the fields of Saleor's Address; the first one becomes the usual one.

    One that is there already is not added again. Raises AddressBookFull.
    """
    user = _locked(user_id)
    if user.addresses.filter(**address).exists():
        return
    if user.addresses.count() >= MOST_ADDRESSES:
        raise AddressBookFull
    added = user.addresses.create(**address)
    if user.default_shipping_address_id is None:
        _use(user, added)


@transaction.atomic
def change_address(*, user_id: int, address_id: int, address: Mapping[str, str]) -> bool:
    """Change an address; False if it is not in the account. Orders keep their own copies."""
    own = _locked(user_id).addresses.filter(pk=address_id)
    return bool(own.update(**address))


@transaction.atomic
def use_address(*, user_id: int, address_id: int) -> bool:
    """Let the checkout start with this address; False if it is not in the account."""
    user = _locked(user_id)
    own = user.addresses.filter(pk=address_id).first()
    if own is None:
        return False
    _use(user, own)
    return True


@transaction.atomic
def delete_address(*, user_id: int, address_id: int) -> bool:
    """Delete an address; False if it is not in the account. The next one becomes the usual one."""
    user = _locked(user_id)
    if not user.addresses.filter(pk=address_id).exists():
        return False
    user.addresses.remove(address_id)
    delete_unused_addresses([address_id])
    user.refresh_from_db()
    if user.default_shipping_address_id in {None, address_id}:
        _use(user, user.addresses.first())
    return True


def _use(user: User, address: Address | None) -> None:
    user.default_shipping_address = user.default_billing_address = address
    user.save(update_fields=["default_shipping_address", "default_billing_address"])


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user_id)
