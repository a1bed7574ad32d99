"""What a variant costs now: Saleor's prices, less a running sale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace

from prices import Money
from saleor.discount import DiscountInfo
from saleor.discount.utils import fetch_active_discounts, get_product_discounts
from saleor.product.models import CollectionProduct

from product_content.selectors.rows import Row


@dataclass(frozen=True)
class Discounts:
    """The sales that run now, and the collections that products are in."""

    running: tuple[DiscountInfo, ...] = ()
    collections: dict[int, list[SimpleNamespace]] = field(default_factory=dict)

    def apply(self, price: Money, *, product_id: int, category_id: int) -> Money:
        """Return the lowest price that a running sale gives, as Saleor's checkout computes it."""
        if not self.running:
            return price
        discounts = get_product_discounts(
            product=SimpleNamespace(id=product_id, category_id=category_id),
            collections=self.collections.get(product_id, ()),
            discounts=self.running,
        )
        return min((discount(price) for discount in discounts), default=price)


def running_discounts(rows: Collection[Row]) -> Discounts:
    """Return the sales that run now; no query while the rows say that there are none."""
    if not any(row.sale_running for row in rows):
        return Discounts()
    product_ids = {row.product_id for row in rows}
    return Discounts(tuple(fetch_active_discounts()), _collections(product_ids))


def full_price(override: Decimal | None, base: Decimal, currency: str) -> Money:
    """Return a variant's price before sales: its own, or else its product's."""
    return Money(base if override is None else override, currency)


def _collections(product_ids: Collection[int]) -> dict[int, list[SimpleNamespace]]:
    found: defaultdict[int, list[SimpleNamespace]] = defaultdict(list)
    links = CollectionProduct.objects.filter(product_id__in=product_ids).order_by()
    for product_id, collection_id in links.values_list("product_id", "collection_id"):
        found[product_id].append(SimpleNamespace(id=collection_id))
    return dict(found)
