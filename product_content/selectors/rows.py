"""The one statement behind lists and pages: variants that customers may see, as plain rows.

It is written as SQL because Django takes longer to build and compile it than PostgreSQL to run
it (2.5 ms against 1.2 ms, measured in November 2026), and each public page needs it. Saleor's
tables are those of 2.10.1, which is pinned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from product_content.languages import prefix, spoken
from product_content.selectors.availability import LEFT_SQL
from product_content.selectors.photos import PHOTOS_SQL

KINDS = ("sets", "singles", "care")


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
    sale_running: bool
    photos: list[list[Any]]


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
_ROWS_SQL = f"""
SELECT v.id, v.sku, v.name, v.price_override_amount, v.track_inventory, {LEFT_SQL},
    (SELECT one.size_id FROM product_content_singlesize one WHERE one.variant_id = v.id),
    p.id, p.slug, p.name, p.price_amount, p.currency, p.category_id,
    (SELECT k.slug FROM product_category k WHERE k.id = p.category_id),
    d.summary, c.material, c.firmness, c.magnet,
    ARRAY(SELECT x.size_id FROM product_content_setsize x WHERE x.product_id = p.id),
    EXISTS(SELECT 1 FROM discount_sale sale
        WHERE sale.start_date <= %(now)s
            AND (sale.end_date IS NULL OR sale.end_date >= %(now)s)),
    ARRAY({PHOTOS_SQL} LIMIT 1)
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
    return [_spoken(row) for row in rows] if prefix() else rows


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


def _spoken(row: Row) -> Row:
    return row._replace(
        name=spoken(row.name),
        product_name=spoken(row.product_name),
        summary=spoken(row.summary),
        material=spoken(row.material),
    )


def by_product(rows: Iterable[Row]) -> dict[int, list[Row]]:
    """Group rows by product id, keeping their order."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.product_id, []).append(row)
    return groups
