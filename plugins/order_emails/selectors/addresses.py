"""Addresses as e-mails show them."""

from __future__ import annotations

from saleor.account.models import Address

from plugins.ordering import addresses


def address_lines(address: Address | None) -> list[str]:
    """Return an address line by line, as its country writes it."""
    if address is None:
        return []
    name = address.full_name.strip()
    lines = addresses.address_lines(address, name=name, company=address.company_name)
    return [*lines, str(address.country.name)]
