"""Orders: found, filtered and read. Changing one goes through services, never through a form."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from saleor.order.models import Order
from unfold.decorators import display

from dashboard.admin.access_log import Audited
from dashboard.admin.base import ReadOnly, SaleorModelAdmin
from dashboard.admin.filters import WorkFilter
from dashboard.admin.order_address import OrderAddress
from dashboard.admin.order_bulk import OrderBulk
from dashboard.admin.order_fields import OrderFields
from dashboard.admin.order_notes import OrderNotes
from dashboard.admin.order_packing import OrderPacking
from dashboard.admin.order_parts import EmailInline, EventInline, LineInline, PaymentInline
from dashboard.admin.order_refunds import RefundInline
from dashboard.admin.order_returns import OrderReturns
from dashboard.admin.order_steps import OrderSteps
from dashboard.admin.refund_page import RefundPage
from dashboard.models.access import Looked
from dashboard.selectors.numbers import read_number
from dashboard.selectors.orders import orders_by_email, orders_with_payment
from dashboard.site import staff_site


@admin.register(Order, site=staff_site)
class OrderAdmin(
    Audited,
    OrderPacking,
    OrderSteps,
    OrderAddress,
    OrderReturns,
    RefundPage,
    OrderNotes,
    OrderBulk,
    OrderFields,
    ReadOnly,
    SaleorModelAdmin,
):
    """The list of orders, and one order with all that happened to it."""

    required_permission = "order.manage_orders"
    looked = Looked.ORDER
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
    list_filter = (WorkFilter,)
    list_select_related = ("shipping_address",)
    search_fields = ("user_email",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Order number or e-mail"
    ordering = ("-pk",)
    actions_detail = (
        "begin_packing", "next_step", "move", "take_return", "refund", "note",
    )  # fmt: skip
    actions = ("pick_list", "note_these", "tell_again", "end_unpaid")
    inlines = (LineInline, PaymentInline, RefundInline, EmailInline, EventInline)
    fieldsets = (
        (
            None,
            {"fields": (("state", "payment"), ("placed", "flag"), ("sent_back", "customer_note"))},
        ),
        ("Delivery", {"fields": (("ship_to", "bill_to"), ("delivery", "email"))}),
        ("Packing, as the customer was shown", {"fields": ("packing_list", "sheets")}),
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
            return queryset.filter(pk=read_number(term)), False
        return queryset.filter(pk__in=orders_by_email(term)), False

    @display(description="Order", ordering="pk")
    def number(self, order: Order) -> str:
        """Return the number that customers know."""
        return str(order)
