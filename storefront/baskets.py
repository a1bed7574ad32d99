"""Reading a basket, with Saleor's own price calculations."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum
from prices import Money
from saleor.checkout.models import Checkout, CheckoutLine
from saleor.core.taxes import zero_money
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_active_discounts
from saleor.order import OrderStatus
from saleor.plugins.manager import PluginsManager, get_plugins_manager
from saleor.warehouse.models import Allocation

from product_content.languages import translated_text
from product_content.selectors import availability
from product_content.selectors.lists import product_url
from storefront.addresses import postal_address
from storefront.types import AppliedCard, Basket, BasketLine


def get_basket(token: UUID | None) -> Basket | None:
    """Return the basket, or None when there is none; an empty one has no lines."""
    checkout = find_checkout(token)
    return build_basket(checkout) if checkout else None


def basket_quantity(token: UUID | None) -> int:
    """Return the pieces in the basket; no query without a token."""
    if token is None:
        return 0
    found = Checkout.objects.filter(pk=token, user=None).values_list("quantity", flat=True)
    return found.first() or 0


def basket_exists(token: UUID) -> bool:
    """Say whether a basket with this token is there; a paid one is gone."""
    return Checkout.objects.filter(pk=token).exists()


def find_checkout(token: UUID | None) -> Checkout | None:
    """Return the guest's checkout with what its prices need, or None."""
    if token is None:
        return None
    return (
        Checkout.objects.filter(pk=token, user=None)
        .select_related("shipping_address", "shipping_method__shipping_zone")
        .prefetch_related(
            "lines__variant__product__product_type",
            "lines__variant__product__category",
            "lines__variant__product__collections",
            "gift_cards",
        )
        .first()
    )


def build_basket(checkout: Checkout) -> Basket:
    """Return the values of a checkout that `find_checkout` has read."""
    manager, discounts = get_plugins_manager(), fetch_active_discounts()
    lines = list(checkout.lines.all())
    total = manager.calculate_checkout_total(checkout, lines, discounts).gross
    cards = tuple(_card(card) for card in checkout.gift_cards.all())
    card_total = min(sum((c.balance for c in cards), zero_money(checkout.currency)), total)
    method = checkout.shipping_method
    delivery = manager.calculate_checkout_shipping(checkout, lines, discounts).gross
    return Basket(
        token=checkout.pk,
        lines=tuple(_lines(checkout, lines, manager, discounts)),
        quantity=sum(line.quantity for line in lines),
        subtotal=manager.calculate_checkout_subtotal(checkout, lines, discounts).gross,
        delivery=delivery if method else None,
        delivery_name=translated_text(method.name) if method else "",
        delivery_id=checkout.shipping_method_id,
        discount=checkout.discount,
        discount_name=checkout.discount_name or "",
        voucher_code=checkout.voucher_code or "",
        gift_cards=cards,
        card_total=card_total,
        total=total,
        due=total - card_total,
        email=checkout.email,
        address=postal_address(checkout.shipping_address),
        needs_delivery=any(line.is_shipping_required() for line in lines),
    )


def _lines(
    checkout: Checkout,
    lines: list[CheckoutLine],
    manager: PluginsManager,
    discounts: Iterable[DiscountInfo],
) -> Iterable[BasketLine]:
    left = availability([line.variant_id for line in lines], checkout.country.code)
    held = reserved_quantities(checkout.pk)
    for line in lines:
        total = manager.calculate_checkout_line_total(line, discounts).gross
        yield _line(line, left[line.variant_id] + held.get(line.variant_id, 0), total)


def _line(line: CheckoutLine, available: int, total: Money) -> BasketLine:
    product = line.variant.product
    return BasketLine(
        id=line.pk,
        name=translated_text(product.name),
        option=translated_text(line.variant.name),
        url=product_url(product.category.slug, product.slug) if product.category else "",
        quantity=line.quantity,
        available=available if product.is_published else 0,
        unit_price=(total / line.quantity).quantize(),
        total=total,
    )


def _card(card: object) -> AppliedCard:
    return AppliedCard(card.pk, card.code[-4:], card.current_balance)  # type: ignore[attr-defined]


def address_fields(token: UUID | None) -> dict[str, str]:
    """Return what was typed at the address step before, by form field; empty at first."""
    checkout = (
        Checkout.objects.filter(pk=token, user=None).select_related("shipping_address").first()
    )
    if checkout is None or checkout.shipping_address is None:
        return {}
    return {**checkout.shipping_address.as_data(), "email": checkout.email}


def reserved_quantities(checkout_token: UUID) -> dict[int, int]:
    """Return pieces by variant id; to this basket they are available although allocated."""
    rows = (
        Allocation.objects.filter(order_line__order__checkout_token=str(checkout_token))
        .exclude(order_line__order__status=OrderStatus.CANCELED)
        .order_by()
        .values_list("stock__product_variant")
        .annotate(Sum("quantity_allocated"))
    )
    return dict(rows)
