"""Reading back what the tests ask for."""

from collections import Counter

from django.db.models import Sum
from saleor.order.models import Order, OrderEvent
from saleor.warehouse.models import Allocation, Stock


def pieces_free(variant):
    """Return stock less allocations, over all warehouses."""
    stock = Stock.objects.filter(product_variant=variant).aggregate(n=Sum("quantity"))["n"]
    return stock - pieces_held(variant)


def pieces_held(variant):
    """Return the pieces that orders hold."""
    held = Allocation.objects.filter(stock__product_variant=variant)
    return held.aggregate(n=Sum("quantity_allocated"))["n"] or 0


def live_orders():
    """Return the orders that are not cancelled."""
    return list(Order.objects.exclude(status="canceled").order_by("pk"))


def events(order_id):
    """Return how often each kind of event stands in the order's history."""
    return Counter(OrderEvent.objects.filter(order_id=order_id).values_list("type", flat=True))
