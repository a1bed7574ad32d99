"""Where we deliver to."""

from __future__ import annotations

from django.conf import settings
from django_countries import countries
from saleor.shipping.models import ShippingZone


def delivery_countries() -> list[tuple[str, str]]:
    """Return (ISO 3166 code, name) of each country with a way to deliver, our own first.

    A default zone serves every country, as in Saleor.
    """
    zones = list(ShippingZone.objects.filter(shipping_methods__isnull=False).distinct())
    names = dict(countries)
    codes = set(names) if any(z.default for z in zones) else _codes(zones)
    ordered = sorted((c for c in codes if c in names), key=lambda code: names[code])
    ordered.sort(key=lambda code: code != settings.DEFAULT_COUNTRY)
    return [(code, str(names[code])) for code in ordered]


def _codes(zones: list[ShippingZone]) -> set[str]:
    return {country.code for zone in zones for country in zone.countries}
