"""Customers as staff list them."""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from saleor.order.models import Order


def with_order_count(customers: QuerySet) -> QuerySet:
    """Add `order_total`, the number of their orders.

    A subquery is worked out for the rows on the page only; a join would count everybody's first.
    """
    own = Order.objects.filter(user=OuterRef("pk")).order_by().values("user")
    counted = own.annotate(total=Count("pk")).values("total")
    return customers.annotate(
        order_total=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )
