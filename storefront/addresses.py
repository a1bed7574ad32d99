"""Postal addresses: as people write them, and the address book.

The address book of an account is Saleor's `User.addresses`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from saleor.account.models import Address, User

from plugins.ordering.addresses import address_lines, delete_unused_addresses
from plugins.ordering.locks import locked_user
from product_content.parsing import parse_id
from storefront.types import PostalAddress
from storefront.wording import AddressBookFull


def postal_address(address: Address | None) -> PostalAddress | None:
    """Return the address line by line in its country's order, or None."""
    if address is None:
        return None
    return PostalAddress(
        lines=address_lines(address, with_name=True, with_country=True),
        phone=str(address.phone or ""),
    )


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address of the account; `is_usual` marks the one that the checkout starts with."""

    id: int
    postal: PostalAddress | None
    is_usual: bool


def list_addresses(user_id: int) -> list[SavedAddress]:
    """Return the addresses of an account, the usual one first."""
    user = User.objects.get(pk=user_id)
    usual = user.default_shipping_address_id
    saved = [SavedAddress(a.pk, postal_address(a), a.pk == usual) for a in user.addresses.all()]
    return sorted(saved, key=lambda address: not address.is_usual)


def saved_fields(user_id: int, address_id: int | None = None) -> dict[str, str]:
    """Return an address by the names of Saleor's fields: the usual one without `address_id`.

    Empty when there is none, or none of this account.
    """
    own = Address.objects.filter(user_addresses=user_id)
    if address_id is None:
        own = own.filter(pk__in=User.objects.filter(pk=user_id).values("default_shipping_address"))
    else:
        own = own.filter(pk=address_id)
    address = own.first()
    return address.as_data() if address else {}


def checkout_fields(user_id: int, chosen: str, typed: dict[str, str]) -> dict[str, str]:
    """Return what the address step starts with: the chosen address, what was typed, the usual one.

    `chosen` is the id of a saved address as a browser sends it, or "".
    """
    email = typed.get("email") or User.objects.values_list("email", flat=True).get(pk=user_id)
    address_id = parse_id(chosen)
    address = {} if address_id is None else saved_fields(user_id, address_id)
    return {**(address or typed or saved_fields(user_id)), "email": email}


MAX_ADDRESSES = 20


@transaction.atomic
def add_address(*, user_id: int, address: Mapping[str, str]) -> None:
    """Add an address, with the fields of Saleor's Address; the first one becomes the usual one.

    One that is there already is not added again. Raises AddressBookFull.
    """
    user = locked_user(user_id)
    if user.addresses.filter(**address).exists():
        return
    if user.addresses.count() >= MAX_ADDRESSES:
        raise AddressBookFull
    added = user.addresses.create(**address)
    if user.default_shipping_address_id is None:
        _make_default(user, added)


@transaction.atomic
def change_address(*, user_id: int, address_id: int, address: Mapping[str, str]) -> bool:
    """Change an address; False if it is not in the account. Orders keep their own copies."""
    own = locked_user(user_id).addresses.filter(pk=address_id)
    return bool(own.update(**address))


@transaction.atomic
def use_address(*, user_id: int, address_id: int) -> bool:
    """Let the checkout start with this address; False if it is not in the account."""
    user = locked_user(user_id)
    own = user.addresses.filter(pk=address_id).first()
    if own is None:
        return False
    _make_default(user, own)
    return True


@transaction.atomic
def delete_address(*, user_id: int, address_id: int) -> bool:
    """Delete an address; False if it is not in the account. The next one becomes the usual one."""
    user = locked_user(user_id)
    if not user.addresses.filter(pk=address_id).exists():
        return False
    user.addresses.remove(address_id)
    delete_unused_addresses([address_id])
    user.refresh_from_db()
    if user.default_shipping_address_id in {None, address_id}:
        _make_default(user, user.addresses.first())
    return True


def _make_default(user: User, address: Address | None) -> None:
    user.default_shipping_address = user.default_billing_address = address
    user.save(update_fields=["default_shipping_address", "default_billing_address"])
