"""How many pieces can still be sold.

Saleor's own sum counts two warehouses with ten each as ten (`Sum(distinct=True)` in
warehouse/availability.py), so this is ours.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import connection

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
