"""Products with their variants, cards and stock, as copies of the whole catalogue."""

from __future__ import annotations

from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Stock

from plugins.inventory.models import ReorderPoint
from product_content.models import ProductDetail, SafetyCard, SetSize, SingleSize
from tests.bench.many.copying import Run, Table, run

_MARK = '{"many": true}'  # on copied products, so that they are not copied again
_TABLES = (
    Table(
        Product,
        changes={
            "name": "row.name || ' ' || map.n",
            "slug": "row.slug || '-' || map.new",
            "private_metadata": f"'{_MARK}'",
        },
    ),
    Table(ProductVariant, "product", changes={"sku": "row.sku || '-' || map.new"}),
    Table(ProductDetail, "product"),
    Table(SafetyCard, "product"),
    Table(SetSize, "product"),
    Table(SingleSize, "variant"),
    Table(Stock, "product_variant", changes={"quantity": "0"}),  # the ledger sets it at the end
    Table(ReorderPoint, "stock"),
)


def copy_goods(variants: int) -> int:
    """Copy the catalogue until there are so many variants; return the number of copies."""
    originals = Product.objects.exclude(private_metadata__has_key="many")
    in_one = ProductVariant.objects.filter(product__in=originals).count()
    copies = max(1, -(-(variants - ProductVariant.objects.count()) // in_one))
    run(
        "CREATE TEMP TABLE goods_plan AS"
        " SELECT n, interval '0' AS shift FROM generate_series(1, %s) n",
        [copies],
    )
    run(
        "CREATE TEMP TABLE goods_roots AS SELECT n, id AS old FROM goods_plan, product_product"
        " WHERE id = ANY(%s)",
        [list(originals.values_list("pk", flat=True))],
    )
    goods = Run("goods", Product)
    for table in _TABLES:
        goods.copy(table)
    return copies
