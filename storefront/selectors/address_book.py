"""Reading the addresses in a customer's account."""

from __future__ import annotations

from dataclasses import dataclass

from saleor.account.models import Address, User

from storefront.selectors.addresses import postal_address
from storefront.types import PostalAddress


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
