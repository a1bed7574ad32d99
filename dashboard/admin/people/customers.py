"""Customers: only what is needed to answer one. Nothing here says what was bought."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from saleor.order.models import Order
from unfold.decorators import display

from dashboard.admin.base import AuditedAdmin, ReadOnlyModelAdmin, format_time
from dashboard.models import AccessKind, Customer
from dashboard.site import staff_site


def with_order_count(customers: QuerySet) -> QuerySet:
    """Add `order_total`, the number of their orders.

    A subquery is worked out for the rows on the page only; a join would count everybody's first.
    """
    own = Order.objects.filter(user=OuterRef("pk")).order_by().values("user")
    counted = own.annotate(total=Count("pk")).values("total")
    return customers.annotate(
        order_total=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


@admin.register(Customer, site=staff_site)
class CustomerAdmin(AuditedAdmin, ReadOnlyModelAdmin):
    """People with an account. Guests have none: their orders carry what is needed."""

    required_permission = "account.manage_users"
    access_kind = AccessKind.CUSTOMER
    list_display = ("email", "joined", "is_active", "order_count")
    list_filter = ("is_active",)
    search_fields = ("email",)
    search_help_text = "E-mail"
    ordering = ("email",)

    def get_fields(self, request: HttpRequest, obj: Customer | None = None) -> tuple[str, ...]:
        """Lead to the orders whoever may open them."""
        may_open = request.user.has_perm("order.manage_orders")
        return ("email", "joined", "is_active", "their_orders" if may_open else "order_count")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Customer | None = None
    ) -> tuple[str, ...]:
        """Return all of them."""
        return self.get_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return who is not staff, with the number of their orders."""
        customers = super().get_queryset(request).filter(is_staff=False)
        return with_order_count(customers)

    @display(description="Joined", ordering="date_joined")
    def joined(self, customer: Customer) -> str:
        """Return when the account was made."""
        return format_time(customer.date_joined)

    @display(description="Orders", ordering="order_total")
    def order_count(self, customer: Customer) -> int:
        """Return how many orders the customer has."""
        return int(customer.order_total)

    @display(description="Orders")
    def their_orders(self, customer: Customer) -> SafeString:
        """Return the number of orders, with the way to them; the address names no e-mail."""
        url = reverse("admin:order_order_changelist")
        html = '<a class="underline" href="{}?user__id__exact={}">{}</a>'
        return format_html(html, url, customer.pk, customer.order_total)
