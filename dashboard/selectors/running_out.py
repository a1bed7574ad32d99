"""Which stock lasts the shortest time."""

from __future__ import annotations

from dataclasses import dataclass

from saleor.warehouse.models import Stock

from plugins.inventory.selectors.levels import with_available, with_sales

_MOST = 10  # bars that can be read beside one another on a phone


@dataclass(frozen=True)
class RunningOut:
    """A stock that is sold from, with the days it lasts if sales go on as they do."""

    sku: str
    product: str
    warehouse: str
    available: int
    sold: int
    days_left: int


def running_out() -> list[RunningOut]:
    """Return the ten stocks that run out first, the first of them first; one query.

    What is out already is a number of its own on the page.
    """
    in_stock = with_available(Stock.objects.all()).filter(available__gt=0)
    stocks = with_sales(in_stock).filter(sold__gt=0)
    rows = stocks.order_by("days_left", "-sold", "pk").values_list(
        "product_variant__sku",
        "product_variant__product__name",
        "warehouse__name",
        "available",
        "sold",
        "days_left",
    )
    return [RunningOut(*row) for row in rows[:_MOST]]
