"""The one query behind lists and pages: variants that customers may see, as plain rows.

Values instead of model instances, and availability inside the same statement: a list costs a
fixed number of queries, whatever the catalogue holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from saleor.product.models import ProductVariant

from product_content.selectors.availability import pieces_left
from product_content.selectors.sizes import SIZE_FIELDS, size_info
from product_content.types import SizeInfo

KINDS = ("sets", "singles", "care")


class Row(NamedTuple):
    """A variant with the parts of its product that every list needs."""

    id: int
    sku: str
    name: str
    price_override_amount: Decimal | None
    track_inventory: bool
    left: int | None
    product_id: int
    product_slug: str
    product_name: str
    price_amount: Decimal
    currency: str
    category_id: int
    kind: str
    summary: str
    material: str
    firmness: str
    magnet: str
    number: int | None
    diameter_mm: int | None
    usable_length_mm: int | None
    weight_g: int | None

    @property
    def size(self) -> SizeInfo | None:
        """The size of a single; None for everything else."""
        return None if self.number is None else size_info(*self[-len(SIZE_FIELDS) :])


COLUMNS = (
    "pk",
    "sku",
    "name",
    "price_override_amount",
    "track_inventory",
    "left",
    "product_id",
    "product__slug",
    "product__name",
    "product__price_amount",
    "product__currency",
    "product__category_id",
    "product__category__slug",
    "product__detail__summary",
    "product__safety_card__material",
    "product__safety_card__firmness",
    "product__safety_card__magnet",
    *(f"single_size__size__{name}" for name in SIZE_FIELDS),
)


def visible_variants() -> QuerySet[ProductVariant]:
    """Return what customers may see, with `left` pieces for the shop's own country.

    Published, of a kind we sell, and with texts and a safety card. A product is visible on its
    publication day itself; Saleor's `is_visible` hides it until the day after.
    """
    return (
        ProductVariant.objects.filter(
            Q(product__publication_date__isnull=True)
            | Q(product__publication_date__lte=timezone.localdate()),
            product__is_published=True,
            product__category__slug__in=KINDS,
            product__detail__isnull=False,
            product__safety_card__isnull=False,
        )
        .annotate(left=pieces_left(settings.DEFAULT_COUNTRY))
        .order_by("product_id", "single_size__size__number", "pk")
    )


def fetch_rows(variants: QuerySet[ProductVariant]) -> list[Row]:
    """Run the query; one row for each variant, those of a product together."""
    return [Row._make(values) for values in variants.values_list(*COLUMNS)]


def by_product(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Group rows by product id, keeping their order."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.product_id, []).append(row)
    return groups
