"""Searching the stock ledger, which grows by some rows with every order."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from saleor.warehouse.models import Stock

from dashboard.selectors.numbers import read_number
from plugins.inventory.models import StockEntry


def entries_found(term: str) -> QuerySet[Any, Any]:
    """Return the ids of entries by part of a SKU or of a note, or by an order's number.

    One question for each, as an index answers each; asked as one with OR, none could.
    """
    entries = StockEntry.objects.order_by().values("pk")
    shelves = Stock.objects.order_by().filter(product_variant__sku__icontains=term)
    noted = entries.exclude(note="").filter(note__icontains=term)
    of_order = entries.filter(order_id=read_number(term) or 0)  # no order has the number 0
    return entries.filter(stock__in=shelves).union(noted, of_order)
