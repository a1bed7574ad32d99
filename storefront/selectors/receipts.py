"""What stands on a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from prices import Money
from saleor.order.models import Order
from saleor.site.models import SiteSettings

from storefront.selectors.addresses import postal_address
from storefront.selectors.order_story import paid_at
from storefront.selectors.orders import get_order_page
from storefront.types import OrderPage


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paid order with who sold it and who bought it, line by line.

    `tax` is the VAT within the total, as Saleor stored it; zero where it knows of none.
    """

    order: OrderPage
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    paid_at: datetime
    tax: Money


def get_receipt(token: UUID) -> Receipt | None:
    """Return the receipt of an order, or None for one that was never paid."""
    page = get_order_page(token)
    if page is None or not page.was_paid:
        return None
    order = Order.objects.select_related("billing_address").get(pk=page.id)
    buyer = postal_address(order.billing_address)
    return Receipt(
        order=page,
        seller=_seller(),
        buyer=buyer.lines if buyer else (),
        paid_at=paid_at(order),
        tax=order.total.tax,
    )


def _seller() -> tuple[str, ...]:
    """Return the shop's name, its address where staff gave one, and how to reach it."""
    site = SiteSettings.objects.select_related("company_address").get(site_id=settings.SITE_ID)
    address = postal_address(site.company_address)
    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return (settings.SHOP_NAME, *(address.lines if address else ()), contact)
