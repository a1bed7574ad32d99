"""The list of orders and the page of an order. Changes are made by services, not by a form."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.order.models import Order
from unfold.decorators import display

from dashboard.admin.base import ReadOnly, SaleorModelAdmin
from dashboard.admin.filters import OrderWorkFilter
from dashboard.admin.orders.address import OrderAddressPage
from dashboard.admin.orders.bulk import OrderBulkActions
from dashboard.admin.orders.columns import OrderFields
from dashboard.admin.orders.inlines import (
    EmailInline,
    EventInline,
    LineInline,
    PaymentInline,
    RefundInline,
)
from dashboard.admin.orders.packing import OrderPacking
from dashboard.admin.orders.refunds import OrderRefundPage
from dashboard.admin.orders.returns import OrderReturnPage
from dashboard.admin.orders.steps import OrderNotes, OrderSteps
from dashboard.admin.people.access_log import Audited
from dashboard.models import AccessKind
from dashboard.selectors.orders import orders_by_email, orders_with_payment, parse_number
from dashboard.site import staff_site


@admin.register(Order, site=staff_site)
class OrderAdmin(
    Audited,
    OrderPacking,
    OrderSteps,
    OrderAddressPage,
    OrderReturnPage,
    OrderRefundPage,
    OrderNotes,
    OrderBulkActions,
    OrderFields,
    ReadOnly,
    SaleorModelAdmin,
):
    """The list of orders, and one order with all that happened to it."""

    required_permission = "order.manage_orders"
    access_kind = AccessKind.ORDER
    list_display = (
        "number",
        "placed",
        "recipient",
        "state",
        "payment",
        "order_total",
        "delivery",
        "flag",
    )
    list_filter = (OrderWorkFilter,)
    list_select_related = ("shipping_address",)
    search_fields = ("user_email",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Order number or e-mail"
    ordering = ("-pk",)
    actions_detail = (
        "begin_packing", "next_step", "change_address", "take_return", "refund", "note",
    )  # fmt: skip
    actions = ("pick_list", "add_note", "resend_parcel_emails", "cancel_unpaid")
    inlines = (LineInline, PaymentInline, RefundInline, EmailInline, EventInline)
    fieldsets = (
        (
            None,
            {"fields": (("state", "payment"), ("placed", "flag"), ("sent_back", "customer_note"))},
        ),
        ("Delivery", {"fields": (("ship_to", "bill_to"), ("delivery", "email"))}),
        ("Packing, as the customer was shown", {"fields": ("packing_list", "shipping_documents")}),
        (
            "Amounts",
            {"fields": (("goods", "shipping"), ("discount_given", "order_total"), "money_back")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Return the orders that customers placed, with how they are paid."""
        return orders_with_payment()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find by number (with or without #) or by part of the customer's e-mail."""
        term = search_term.strip().lstrip("#")
        if not term:
            return queryset, False
        if term.isdecimal():
            return queryset.filter(pk=parse_number(term)), False
        return queryset.filter(pk__in=orders_by_email(term)), False

    @display(description="Order", ordering="pk")
    def number(self, order: Order) -> str:
        """Return the number that customers know."""
        return str(order)
