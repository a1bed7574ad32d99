"""What one piece of a variant costs at a moment: the one computation that everybody shows.

Lists, search, the finder and pages ask `unit_prices`. Saleor asks `price_of_variant` for baskets
and orders (`plugins.ordering.saleor_patches` puts it there). Both end in `UnitPrices.of`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple, Protocol

from django.db.models import F
from django.utils import timezone
from prices import Money
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_discounts, get_product_discounts
from saleor.product.models import CollectionProduct, ProductVariant


class UnitPrice(NamedTuple):
    """What a customer pays for one piece, with any VAT in it, and what it costs without a sale."""

    price: Money
    full: Money


class Priced(Protocol):
    """A variant as the statement of lists returns it; read-only."""

    @property
    def id(self) -> int:
        """The variant's id."""

    @property
    def price_override_amount(self) -> Decimal | None:
        """Its own price, or None where its product's counts."""

    @property
    def price_amount(self) -> Decimal:
        """The product's price."""

    @property
    def currency(self) -> str:
        """The product's currency."""

    @property
    def product_id(self) -> int:
        """The product."""

    @property
    def category_id(self) -> int:
        """The product's category."""


# Annotations that make a queryset of Saleor's variants `Priced`.
PRICED = {
    "price_amount": F("product__price_amount"),
    "category_id": F("product__category_id"),
}


@dataclass(frozen=True)
class Sales:
    """The sales of a moment, and the collections that products are in (product id → ids)."""

    running: Sequence[DiscountInfo] = ()
    collections: Mapping[int, Collection[int]] = field(default_factory=dict)

    def off(self, full: Money, *, product_id: int, category_id: int) -> Money:
        """Return the lowest price that a sale makes of `full`; sales do not add up."""
        if not self.running:
            return full.quantize()
        discounts = get_product_discounts(
            product=SimpleNamespace(id=product_id, category_id=category_id),
            collections=[SimpleNamespace(id=pk) for pk in self.collections.get(product_id, ())],
            discounts=self.running,
        )
        return min((discount(full) for discount in discounts), default=full).quantize()


def unit_prices(variants: Collection[Priced], now: datetime | None = None) -> dict[int, UnitPrice]:
    """Return the price of each variant at that moment, by its id; four queries for the sales.

    `now` is the present where none is named. Whoever knows that no sale runs asks
    `unit_prices_in` with `Sales()`.
    """
    return unit_prices_in(sales_at(now or timezone.now(), variants), variants)


def unit_prices_in(sales: Sales, variants: Iterable[Priced]) -> dict[int, UnitPrice]:
    """Return the price of each variant in these sales, by its id; no query."""
    return {variant.id: _unit_price(sales, variant) for variant in variants}


def sales_at(now: datetime, variants: Iterable[Priced]) -> Sales:
    """Return the sales of that moment, for these variants; four queries, or one without sales."""
    running = fetch_discounts(now)
    products = {variant.product_id for variant in variants}
    return Sales(running, _collections(products) if running else {})


def price_of_variant(
    variant: ProductVariant, discounts: Iterable[DiscountInfo] | None = None
) -> Money:
    """Return what a variant costs in these sales; stands in for Saleor's `get_price`.

    Without sales nothing is asked of the database but the product.
    """
    product, running = variant.product, tuple(discounts or ())
    found = {product.pk: [each.pk for each in product.collections.all()]} if running else {}
    sales = Sales(running, found)
    return sales.off(variant.base_price, product_id=product.pk, category_id=product.category_id)


def _unit_price(sales: Sales, variant: Priced) -> UnitPrice:
    own = variant.price_override_amount
    full = Money(variant.price_amount if own is None else own, variant.currency).quantize()
    price = sales.off(full, product_id=variant.product_id, category_id=variant.category_id)
    return UnitPrice(price, full)


def _collections(product_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    links = CollectionProduct.objects.filter(product_id__in=product_ids).order_by()
    for product_id, collection_id in links.values_list("product_id", "collection_id"):
        found[product_id].append(collection_id)
    return found
