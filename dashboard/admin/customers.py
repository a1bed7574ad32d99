"""Customers: only what is needed to answer one. Nothing here says what was bought."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from dashboard.admin.access_log import Audited
from dashboard.admin.base import ReadOnly, SaleorModelAdmin
from dashboard.admin.show import show_time
from dashboard.models import Customer
from dashboard.models.access import Looked
from dashboard.selectors.customers import with_order_count
from dashboard.site import staff_site


@admin.register(Customer, site=staff_site)
class CustomerAdmin(Audited, ReadOnly, SaleorModelAdmin):
    """People with an account. Guests have none: their orders carry what is needed."""

    required_permission = "account.manage_users"
    looked = Looked.CUSTOMER
    list_display = ("email", "joined", "is_active", "order_count")
    list_filter = ("is_active",)
    search_fields = ("email",)
    search_help_text = "E-mail"
    ordering = ("email",)
    fields = ("email", "joined", "is_active", "order_count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Return who is not staff, with the number of their orders."""
        customers = super().get_queryset(request).filter(is_staff=False)
        return with_order_count(customers)

    @display(description="Joined", ordering="date_joined")
    def joined(self, customer: Customer) -> str:
        """Return when the account was made."""
        return show_time(customer.date_joined)

    @display(description="Orders", ordering="order_total")
    def order_count(self, customer: Customer) -> int:
        """Return how many orders the customer has."""
        return int(customer.order_total)
