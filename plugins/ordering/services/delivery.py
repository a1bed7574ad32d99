"""Is the chosen delivery method still on offer for this basket?"""

from __future__ import annotations

from prices import Money
from saleor.checkout.models import Checkout
from saleor.shipping import ShippingMethodType
from saleor.shipping.models import ShippingMethod, ShippingZone

from plugins.ordering.policies import Answer, price_fits, weight_fits


def delivery_applies(checkout: Checkout, subtotal: Money) -> Answer:
    """Say whether the basket's method serves its address, price and weight.

    Saleor's own query is not used: it drops weight methods that have no minimum.
    """
    method = checkout.shipping_method
    if method.currency != subtotal.currency:
        return False, "another currency"
    if not _serves(method.shipping_zone, checkout.shipping_address.country.code):
        return False, "another country"
    if method.type == ShippingMethodType.PRICE_BASED:
        return price_fits(subtotal, method.minimum_order_price, method.maximum_order_price)
    return _weight_fits(method, checkout)


def _serves(zone: ShippingZone, country: str) -> bool:
    if not zone.default:
        return country in _codes(zone)
    # The default zone serves the rest of the world: countries that no other zone names.
    others = ShippingZone.objects.filter(default=False, countries__contains=country)
    return not others.filter(shipping_methods__isnull=False).exists()


def _codes(zone: ShippingZone) -> set[str]:
    return {country.code for country in zone.countries}


def _weight_fits(method: ShippingMethod, checkout: Checkout) -> Answer:
    least, most = method.minimum_order_weight, method.maximum_order_weight
    return weight_fits(
        checkout.get_total_weight().g,
        None if least is None else least.g,
        None if most is None else most.g,
    )
