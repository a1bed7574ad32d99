"""A stock file of many lines, checked and then taken over, as the staff pages do it."""

from __future__ import annotations

import re
import time
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from saleor.account.models import User
from saleor.product.models import Product, ProductVariant
from saleor.warehouse.models import Stock, Warehouse

from tests.staff import signed_in

_PAGES = "/staff/dashboard/stockitem/"
_CSV = "0"  # the first of the formats that the page offers
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def stock_import(lines: str) -> dict[str, float]:
    """Return the seconds of the dry run and of the import of so many lines that all change.

    All is taken back: other figures must not depend on it.
    """
    with transaction.atomic():
        text = _file(Warehouse.objects.earliest("pk"), int(lines))
        keeper = User.objects.create_superuser("bench@example.org", "only for a moment")
        client = signed_in(keeper, SERVER_NAME="127.0.0.1")
        file = SimpleUploadedFile("stock.csv", text.encode())
        checked, page = _timed(client, "import/", {"import_file": file, "format": _CSV})
        taken, _ = _timed(client, "process_import/", dict(_HIDDEN.findall(page)))
        _require(Stock.objects.filter(quantity=7).count() == int(lines))
        transaction.set_rollback(True)
    return {"checked": checked, "taken": taken}


def _file(warehouse: Warehouse, lines: int) -> str:
    product = Product.objects.earliest("pk")
    variants = ProductVariant.objects.bulk_create(
        ProductVariant(sku=f"BENCH-{number}", product=product) for number in range(lines)
    )
    Stock.objects.filter(quantity=7).update(quantity=8)
    Stock.objects.bulk_create(
        Stock(warehouse=warehouse, product_variant=variant, quantity=5) for variant in variants
    )
    rows = (f"{variant.sku},{warehouse.slug},7,3" for variant in variants)
    return "\n".join(["sku,warehouse,on_hand,reorder_point", *rows])


def _timed(client: Any, page: str, fields: dict[str, Any]) -> tuple[float, str]:
    begun = time.perf_counter()
    answer = client.post(_PAGES + page, fields)
    seconds = time.perf_counter() - begun
    _require(answer.status_code in (200, 302))
    return seconds, answer.content.decode()


def _require(done: bool) -> None:
    if not done:
        raise SystemExit("bench: the stock file was not taken")
