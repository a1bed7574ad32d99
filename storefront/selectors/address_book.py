"""Reading the addresses in a customer's account."""

from __future__ import annotations

from dataclasses import dataclass

from saleor.account.models import Address, User

from storefront.selectors.addresses import postal_address
from storefront.types import PostalAddress

_LONG = 10  # digits of an id that no row has


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address of the account; the checkout starts with the usual one."""

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


def first_fields(user_id: int, chosen: str, typed: dict[str, str]) -> dict[str, str]:
    """Return what the address step starts with: the chosen address, what was typed, the usual one.

    `chosen` is the id of a saved address as a browser sends it, or "".
    """
    email = typed.get("email") or User.objects.values_list("email", flat=True).get(pk=user_id)
    address = (
        saved_fields(user_id, int(chosen)) if chosen.isdecimal() and len(chosen) < _LONG else {}
    )
    return {**(address or typed or saved_fields(user_id)), "email": email}
