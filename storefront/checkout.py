"""The steps of a checkout: where to send the order, and how."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from prices import Money
from saleor.account.models import Address
from saleor.checkout.models import Checkout
from saleor.discount.utils import fetch_active_discounts
from saleor.plugins.manager import get_plugins_manager
from saleor.shipping.models import ShippingMethod

from plugins.ordering.basket import Basket as Content
from plugins.ordering.basket import delivery_applies, read_basket
from plugins.ordering.holds import holds_of_basket
from plugins.ordering.pricing import delivery_price, price_basket
from plugins.ordering.saleor_patches import one_configuration
from product_content.languages import translated_text
from storefront.baskets import find_checkout
from storefront.errors import LineGone
from storefront.locks import locked_checkout
from storefront.types import Basket, DeliveryMethod, Step


def list_delivery_methods(token: UUID | None) -> list[DeliveryMethod]:
    """Return what is on offer for the basket's address, cheapest first; empty when nothing is.

    Uses the same rule as `place_order`, so that nothing offered is refused later, and the price
    with the chosen options, as every page has it.
    """
    checkout = find_checkout(token)
    if checkout is None or checkout.shipping_address is None:
        return []
    basket = read_basket(checkout, holds_of_basket(checkout.pk))
    with one_configuration():
        offered = [_offered(basket, method) for method in applicable_methods(checkout)]
    return sorted(offered, key=lambda one: one.price.amount)


def _offered(basket: Content, method: ShippingMethod) -> DeliveryMethod:
    basket.checkout.shipping_method = method  # not saved: prices are for the checkout's method
    due = price_basket(basket).totals.due
    name = translated_text(method.name)
    return DeliveryMethod(method.pk, name, delivery_price(basket).gross, due)


def missing_step(basket: Basket) -> Step | None:
    """Return the first step of the checkout that is not done, or done for another basket."""
    if basket.address is None or not basket.email:
        return "address"
    return "delivery" if basket.delivery is None else None


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
    return delivery_applies(checkout, subtotal).allowed


def _subtotal(checkout: Checkout) -> Money:
    manager, lines = get_plugins_manager(), list(checkout.lines.all())
    return manager.calculate_checkout_subtotal(checkout, lines, fetch_active_discounts()).gross


@transaction.atomic
def set_address(*, token: UUID | None, email: str, address: Mapping[str, str]) -> None:
    """Keep where to send the order and how to reach the customer.

    `address` has the fields of Saleor's Address; it serves as billing address too. A delivery
    or a code that does not fit any more stays in the basket and is said to be left out. Raises
    LineGone without a basket.
    """
    checkout = checkout_for_change(token)
    checkout.email = email
    checkout.country = address["country"]
    checkout.shipping_address = _write_address(checkout.shipping_address_id, address)
    checkout.billing_address = _write_address(checkout.billing_address_id, address)
    checkout.save()


@transaction.atomic
def set_delivery(*, token: UUID | None, method_id: int) -> bool:
    """Choose one of the methods on offer; returns whether it was on offer."""
    checkout = checkout_for_change(token)
    offered = {method.pk: method for method in applicable_methods(checkout)}
    if method_id not in offered:
        return False
    checkout.shipping_method = offered[method_id]
    checkout.save(update_fields=["shipping_method", "last_change"])
    return True


def checkout_for_change(token: UUID | None) -> Checkout:
    """Lock the guest's basket and return it with what its prices need; raise LineGone without."""
    checkout = find_checkout(token) if locked_checkout(token) else None
    if checkout is None:
        raise LineGone
    return checkout


def _write_address(address_id: int | None, fields: Mapping[str, str]) -> Address:
    """Update the checkout's address, or create one, so that no unused row stays."""
    address, _ = Address.objects.update_or_create(pk=address_id, defaults=dict(fields))
    return address
