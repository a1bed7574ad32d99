"""The list of orders, the page of an order, and the limits of orders.

Changes of an order are made by services, not by a form.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from saleor.order.models import Order
from unfold.decorators import action

from dashboard.admin.base import AuditedAdmin, ReadOnlyModelAdmin, SaleorModelAdmin
from dashboard.admin.filters import OrderCustomerFilter, OrderWorkFilter
from dashboard.admin.orders.address import ADDRESS_PAGE
from dashboard.admin.orders.bulk import OrderBulkActions
from dashboard.admin.orders.columns import OrderColumns
from dashboard.admin.orders.inlines import (
    EmailInline,
    EventInline,
    LineInline,
    PaymentInline,
    RefundInline,
)
from dashboard.admin.orders.page import handle_order_page
from dashboard.admin.orders.refunds import REFUND_PAGE, left_to_refund
from dashboard.admin.orders.returns import EXCHANGE_PAGE, RETURN_PAGE
from dashboard.admin.orders.steps import NOTE_PAGE, STEP_PAGE
from dashboard.models import AccessKind
from dashboard.roles import PACK_ORDERS
from dashboard.selectors.orders import orders_by_email, orders_with_payment, parse_number
from dashboard.selectors.packing import is_to_pack
from dashboard.services.access_log import record_access
from dashboard.site import staff_site
from plugins.discreet_shipping.label_files import ADDRESSED, CONTENT_TYPES, printout_file
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.papers import credit_note_file
from plugins.fulfilment.exchanges import swaps_now
from plugins.fulfilment.packing import record_printed_label
from plugins.ordering.models import OrderLimits


def shipping_document(
    request: HttpRequest, *, order_id: int, kind: str, size: str, form: str
) -> HttpResponse:
    """Return a label or slip, made from the order's Discretion Contract, as a file.

    The caller has checked that the person may see it. It is recorded in the access log, and a
    label also on the order. Raises Http404 where the order has no such document.
    """
    order = Order.objects.filter(pk=order_id).first()
    contract = contract_of(order) if order else None
    file = printout_file(contract, kind=kind, size=size, form=form) if contract else None
    if contract is None or not file:
        raise Http404
    record_access(actor=request.user, kind=AccessKind.DOCUMENT, subject_id=order_id)
    if kind in ADDRESSED:
        label = contract["label"] if kind == "label" else contract["return_label"]
        record_printed_label(order_id=order_id, printed={"kind": kind, **(label or {})})
    response = HttpResponse(file, content_type=CONTENT_TYPES[form])
    name = f"{order_id}-{kind}-{size}.{form}"  # says nothing about what is in the parcel
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def may_pack(request: HttpRequest) -> bool:
    """Say whether the person packs parcels."""
    return bool(request.user.has_perm(PACK_ORDERS))


def credit_note_document(request: HttpRequest, *, order_id: int, number: int) -> HttpResponse:
    """Return the credit note of a refund as the customer gets it, in the staff's language.

    The caller has checked that the person may refund. It is recorded in the access log. Raises
    Http404 where the order has no such credit note.
    """
    order = Order.objects.filter(pk=order_id).first()
    file = credit_note_file(order, number) if order else None
    if file is None:
        raise Http404
    record_access(actor=request.user, kind=AccessKind.DOCUMENT, subject_id=order_id)
    response = HttpResponse(file.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{file.name}.pdf"'
    return response


class OrderPages:
    """The pages below /staff/order/order/<pk>/, one for each thing to do, and the links to them."""

    def get_urls(self) -> list[Any]:
        """Add the addresses of the shipping documents and of credit notes."""
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        label = "<int:order_id>/document/<slug:kind>/<slug:size>.<slug:form>"
        note = "<int:order_id>/credit-note/<int:number>.pdf"
        return [
            path(label, view(self.shipping_document_view), name="order_shipping_document"),
            path(note, view(self.credit_note_view), name="order_order_credit_note"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def credit_note_view(self, request: HttpRequest, order_id: int, number: int) -> HttpResponse:
        """Send a credit note to people who may refund."""
        if not self.is_permitted(request):  # type: ignore[attr-defined]
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        return credit_note_document(request, order_id=order_id, number=number)

    def shipping_document_view(
        self, request: HttpRequest, order_id: int, kind: str, size: str, form: str
    ) -> HttpResponse:
        """Send a label or slip to people who manage orders, or who have it to pack."""
        has_to_pack = may_pack(request) and is_to_pack(order_id)
        if not (self.is_permitted(request) or has_to_pack):  # type: ignore[attr-defined]
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        return shipping_document(request, order_id=order_id, kind=kind, size=size, form=form)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Leave out what would be refused: packing, a refund, a replacement of nothing."""
        order = self.get_object(request, object_id)  # type: ignore[attr-defined]
        hidden = set()
        if order is None or not is_to_pack(order.pk):
            hidden.add("begin_packing")
        if order is None or not left_to_refund(order):
            hidden.add("refund")
        if order is None or not swaps_now(order):
            hidden.add("exchange")
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [offered for offered in actions if offered.method.__name__ not in hidden]

    def has_begin_packing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Say whether the person packs parcels."""
        return may_pack(request)

    @action(description="Begin to pack", url_path="pack", permissions=["begin_packing"])
    def begin_packing(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Open the packers' page of the order."""
        return redirect("staff-parcel", order_id=object_id)

    @action(description="Next step", url_path="step", icon="checklist", permissions=["view"])
    def next_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show which steps are possible; a POST takes one."""
        return handle_order_page(self, request, object_id, STEP_PAGE)

    @action(description="Address", url_path="address", icon="home_pin", permissions=["view"])
    def change_address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form of the delivery address; a POST changes it."""
        return handle_order_page(self, request, object_id, ADDRESS_PAGE)

    @action(description="Return", url_path="return", icon="assignment_return", permissions=["view"])
    def take_return(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form of a return; a POST records it."""
        return handle_order_page(self, request, object_id, RETURN_PAGE)

    @action(description="Replacement", url_path="exchange", icon="swap_horiz", permissions=["view"])
    def exchange(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show which other sizes the customer wants for what came back; a POST orders them."""
        return handle_order_page(self, request, object_id, EXCHANGE_PAGE)

    @action(description="Refund", url_path="refund", icon="undo", permissions=["view"])
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form of a refund; a POST asks for it."""
        return handle_order_page(self, request, object_id, REFUND_PAGE)

    @action(description="Note", url_path="note", icon="sticky_note_2", permissions=["view"])
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form of a note; a POST adds it to the time line."""
        return handle_order_page(self, request, object_id, NOTE_PAGE)


@admin.register(Order, site=staff_site)
class OrderAdmin(AuditedAdmin, OrderPages, OrderBulkActions, OrderColumns, ReadOnlyModelAdmin):
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
    list_filter = (OrderWorkFilter, OrderCustomerFilter)
    list_select_related = ("shipping_address",)
    search_fields = ("user_email",)  # shows the search box; `get_search_results` does the work
    search_help_text = "Order number or e-mail"
    ordering = ("-pk",)
    actions_detail = (
        "begin_packing", "next_step", "change_address", "take_return", "exchange", "refund", "note",
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
            {
                "fields": (
                    ("goods", "shipping"),
                    ("discount_given", "gift_cards_paid"),
                    ("order_total", "money_back"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Return the orders that customers placed, with how they are paid, and their flags."""
        return orders_with_payment().prefetch_related("flags")

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


@admin.register(OrderLimits, site=staff_site)
class OrderLimitsAdmin(SaleorModelAdmin):
    """How much one order may hold: a single row, which opening the section opens."""

    required_permission = "site.manage_settings"
    can_add = False
    fields = ("max_pieces", "large_from", "large_minutes")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the row at once; it is made the first time."""
        if not self.has_change_permission(request):
            return super().changelist_view(request, extra_context)
        OrderLimits.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:ordering_orderlimits_change", args=[1]))
