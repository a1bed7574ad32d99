"""Addresses as people write them."""

from __future__ import annotations

from saleor.account.models import Address

from plugins.ordering.addresses import address_lines
from storefront.types import PostalAddress


def postal_address(address: Address | None) -> PostalAddress | None:
    """Return the address line by line in its country's order, or None."""
    if address is None:
        return None
    return PostalAddress(
        lines=(
            *address_lines(address, name=address.full_name.strip()),
            str(address.country.name),
        ),
        country_code=address.country.code,
        phone=str(address.phone or ""),
    )
