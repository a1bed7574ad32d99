"""Ways to deliver a basket."""

from __future__ import annotations

from uuid import UUID

from prices import Money
from saleor.checkout.models import Checkout
from saleor.discount.utils import fetch_active_discounts
from saleor.plugins.manager import get_plugins_manager
from saleor.shipping.models import ShippingMethod

from plugins.ordering.services.delivery import delivery_applies
from product_content.languages import spoken
from storefront.selectors.baskets import find_checkout
from storefront.types import DeliveryMethod, Step


def list_delivery_methods(token: UUID | None) -> list[DeliveryMethod]:
    """Return what is on offer for the basket's address, cheapest first; empty when nothing is.

    By the very rule that `place_order` applies, so that nothing offered is refused later.
    """
    checkout = find_checkout(token)
    if checkout is None or checkout.shipping_address is None:
        return []
    return [DeliveryMethod(m.pk, spoken(m.name), m.price) for m in applicable_methods(checkout)]


def missing_step(token: UUID | None) -> Step | None:
    """Return the first step of the checkout that is not done, or done for another basket."""
    checkout = find_checkout(token)
    if checkout is None or not (checkout.shipping_address and checkout.email):
        return "address"
    if not checkout.is_shipping_required():
        return None
    return None if checkout.shipping_method in applicable_methods(checkout) else "delivery"


def applicable_methods(checkout: Checkout) -> list[ShippingMethod]:
    """Return the methods that may be chosen for a checkout with an address."""
    chosen, subtotal = checkout.shipping_method, _subtotal(checkout)
    try:
        return [m for m in _candidates() if _applies(checkout, m, subtotal)]
    finally:
        checkout.shipping_method = chosen


def _candidates() -> list[ShippingMethod]:
    return list(
        ShippingMethod.objects.select_related("shipping_zone").order_by("price_amount", "pk")
    )


def _applies(checkout: Checkout, method: ShippingMethod, subtotal: Money) -> bool:
    checkout.shipping_method = method  # not saved: the rule looks at the checkout's own method
    return delivery_applies(checkout, subtotal)[0]


def _subtotal(checkout: Checkout) -> Money:
    manager, lines = get_plugins_manager(), list(checkout.lines.all())
    return manager.calculate_checkout_subtotal(checkout, lines, fetch_active_discounts()).gross
