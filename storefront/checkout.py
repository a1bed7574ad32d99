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

from plugins.ordering.basket import delivery_applies
from product_content.languages import translated_text
from storefront.basket_changes import renew_discount
from storefront.baskets import find_checkout
from storefront.errors import LineGone
from storefront.locks import locked_checkout
from storefront.types import DeliveryMethod, Step


def list_delivery_methods(token: UUID | None) -> list[DeliveryMethod]:
    """Return what is on offer for the basket's address, cheapest first; empty when nothing is.

    Uses the same rule as `place_order`, so that nothing offered is refused later.
    """
    checkout = find_checkout(token)
    if checkout is None or checkout.shipping_address is None:
        return []
    return [
        DeliveryMethod(m.pk, translated_text(m.name), m.price) for m in applicable_methods(checkout)
    ]


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
    return delivery_applies(checkout, subtotal).allowed


def _subtotal(checkout: Checkout) -> Money:
    manager, lines = get_plugins_manager(), list(checkout.lines.all())
    return manager.calculate_checkout_subtotal(checkout, lines, fetch_active_discounts()).gross


@transaction.atomic
def set_address(*, token: UUID | None, email: str, address: Mapping[str, str]) -> bool:
    """Keep where to send the order and how to reach the customer.

    `address` has the fields of Saleor's Address; it serves as billing address too. A delivery
    method that does not serve it is dropped. Returns False when a voucher that does not fit any
    more was removed. Raises LineGone without a basket.
    """
    checkout = checkout_for_change(token)
    checkout.email = email
    checkout.country = address["country"]
    checkout.shipping_address = _write_address(checkout.shipping_address_id, address)
    checkout.billing_address = _write_address(checkout.billing_address_id, address)
    if checkout.shipping_method and checkout.shipping_method not in applicable_methods(checkout):
        checkout.shipping_method = None
    checkout.save()
    return discount_kept(checkout)


@transaction.atomic
def set_delivery(*, token: UUID | None, method_id: int) -> bool:
    """Choose one of the methods on offer; returns whether it was on offer."""
    checkout = checkout_for_change(token)
    offered = {method.pk: method for method in applicable_methods(checkout)}
    if method_id not in offered:
        return False
    checkout.shipping_method = offered[method_id]
    checkout.save(update_fields=["shipping_method", "last_change"])
    discount_kept(checkout)
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


def discount_kept(checkout: Checkout) -> bool:
    """Recalculate the voucher; False when it no longer applies and was removed."""
    return renew_discount(checkout) if checkout.voucher_code else True
