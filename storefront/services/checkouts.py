"""The steps of a guest's checkout: where to, and how."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from saleor.account.models import Address
from saleor.checkout.models import Checkout

from storefront.errors import LineGone
from storefront.selectors.baskets import find_checkout
from storefront.selectors.delivery import applicable_methods
from storefront.services.promo_codes import renew_discount


@transaction.atomic
def set_address(*, token: UUID | None, email: str, address: Mapping[str, str]) -> bool:
    """Keep where to send the order and how to reach the customer.

    `address` has the fields of Saleor's Address; it serves as billing address too. A delivery
    method that does not serve it is dropped. Returns False when a voucher that does not fit any
    more was removed. Raises LineGone without a basket.
    """
    checkout = locked(token)
    checkout.email = email
    checkout.country = address["country"]
    checkout.shipping_address = _write(checkout.shipping_address_id, address)
    checkout.billing_address = _write(checkout.billing_address_id, address)
    if checkout.shipping_method and checkout.shipping_method not in applicable_methods(checkout):
        checkout.shipping_method = None
    checkout.save()
    return discount_kept(checkout)


@transaction.atomic
def set_delivery(*, token: UUID | None, method_id: int) -> bool:
    """Choose one of the methods on offer; returns whether it was on offer."""
    checkout = locked(token)
    offered = {method.pk: method for method in applicable_methods(checkout)}
    if method_id not in offered:
        return False
    checkout.shipping_method = offered[method_id]
    checkout.save(update_fields=["shipping_method", "last_change"])
    discount_kept(checkout)
    return True


def locked(token: UUID | None) -> Checkout:
    """Lock the guest's basket and return it; raise LineGone without one."""
    Checkout.objects.select_for_update(of=("self",)).filter(pk=token).values_list("pk").first()
    checkout = find_checkout(token)
    if checkout is None:
        raise LineGone
    return checkout


def _write(address_id: int | None, fields: Mapping[str, str]) -> Address:
    """Change the checkout's own address in place, or make one; no row is ever left behind."""
    address, _ = Address.objects.update_or_create(pk=address_id, defaults=dict(fields))
    return address


def discount_kept(checkout: Checkout) -> bool:
    """Work the voucher out anew; False when it does not fit any more and was removed."""
    return renew_discount(checkout) if checkout.voucher_code else True
