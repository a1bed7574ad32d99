"""The list of orders, the page of an order, and the limits of orders.

Changes of an order are made by services, not by a form.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from saleor.order.models import Order
from unfold.decorators import action

from dashboard.admin.base import AuditedAdmin, OneRowAdmin, ReadOnlyModelAdmin
from dashboard.admin.filters import (
    OrderChoiceFilter,
    OrderCountryFilter,
    OrderCustomerFilter,
    OrderMethodFilter,
    OrderPaymentFilter,
    OrderWorkFilter,
    PlacedFilter,
)
from dashboard.admin.orders.bulk import OrderBulkActions
from dashboard.admin.orders.columns import OrderColumns
from dashboard.admin.orders.customer_orders import customer_order_page
from dashboard.admin.orders.inlines import (
    EmailInline,
    EventInline,
    LineInline,
    PaymentInline,
    RefundInline,
)
from dashboard.admin.orders.page import handle_order_page
from dashboard.admin.orders.refunds import REFUND_PAGE, left_to_refund
from dashboard.admin.orders.returns import AGAIN_PAGE, EXCHANGE_PAGE, RETURN_PAGE
from dashboard.admin.orders.steps import ADDRESS_PAGE, NEXT_NOTE_PAGE, NOTE_PAGE, STEP_PAGE
from dashboard.models import AccessKind
from dashboard.roles import PACK_ORDERS
from dashboard.selectors.finding import MAX_FOUND, orders_found
from dashboard.selectors.orders import orders_with_payment
from dashboard.selectors.packing import is_to_pack
from dashboard.services.packing import shipping_document_file
from dashboard.services.personal_data import record_access
from dashboard.site import staff_site
from plugins.discreet_shipping.labels import CONTENT_TYPES
from plugins.discreet_shipping.papers import Paper, credit_note_file, invoice_file, relief_file
from plugins.fulfilment.exchanges import swaps_now
from plugins.fulfilment.sending_again import notes_for, pieces_to_send_again
from plugins.ordering.models import OrderLimits

_HAS_OLDER = (
    f"More than {MAX_FOUND:,} orders fit. Only the newest {MAX_FOUND:,} of them are looked "
    "through; type more of it to find an older one."
)


def shipping_document(
    request: HttpRequest, *, order_id: int, kind: str, size: str, form: str
) -> HttpResponse:
    """Send a label or slip, made from the order's Discretion Contract, as a file.

    The caller has checked that the person may see it. Raises Http404 where the order has no such
    document.
    """
    order = Order.objects.filter(pk=order_id).first()
    actor: Any = request.user
    file = order and shipping_document_file(
        order=order, actor=actor, kind=kind, size=size, form=form
    )
    if not file:
        raise Http404
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
    return _paper(request, order_id, credit_note_file(order, number) if order else None)


def invoice_document(request: HttpRequest, *, order_id: int, neutral: bool) -> HttpResponse:
    """Return the invoice of an order as the customer gets it.

    The caller has checked that the person manages orders. It is recorded in the access log. Raises
    Http404 where the order has none.
    """
    order = Order.objects.filter(pk=order_id).first()
    return _paper(request, order_id, invoice_file(order, neutral=neutral) if order else None)


def _paper(request: HttpRequest, order_id: int, file: Paper | None) -> HttpResponse:
    if file is None:
        raise Http404
    record_access(actor=request.user, kind=AccessKind.DOCUMENT, subject_id=order_id)
    response = HttpResponse(file.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{file.name}.pdf"'
    return response


class OrderPages:
    """The pages below /staff/order/order/<pk>/, one for each thing to do, and the links to them."""

    def get_urls(self) -> list[Any]:
        """Add the addresses of the shipping documents, the invoice and credit notes."""
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        label = "<int:order_id>/document/<slug:kind>/<slug:size>.<slug:form>"
        note = "<int:order_id>/credit-note/<int:number>.pdf"
        return [
            path(label, view(self.shipping_document_view), name="order_shipping_document"),
            path(note, view(self.credit_note_view), name="order_order_credit_note"),
            path(
                "<int:order_id>/invoice/<slug:wording>.pdf",
                view(self.invoice_view),
                name="order_order_invoice",
            ),
            path(
                "<int:order_id>/declaration.pdf",
                view(self.declaration_view),
                name="order_relief_declaration",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def credit_note_view(self, request: HttpRequest, order_id: int, number: int) -> HttpResponse:
        """Send a credit note to people who may refund."""
        if not self.is_permitted(request):  # type: ignore[attr-defined]
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        return credit_note_document(request, order_id=order_id, number=number)

    def invoice_view(self, request: HttpRequest, order_id: int, wording: str) -> HttpResponse:
        """Send an invoice to people who manage orders; `wording` is "full" or "neutral"."""
        if not self.is_permitted(request):  # type: ignore[attr-defined]
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        if wording not in {"full", "neutral"}:
            raise Http404
        return invoice_document(request, order_id=order_id, neutral=wording == "neutral")

    def declaration_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Send what was declared for VAT relief to managers, who answer for the books."""
        if not request.user.has_perm("site.manage_settings"):
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        order = Order.objects.filter(pk=order_id).first()
        return _paper(request, order_id, relief_file(order) if order else None)

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
        if order is None or not pieces_to_send_again(order):
            hidden.add("send_again")
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [offered for offered in actions if offered.method.__name__ not in hidden]

    def has_begin_packing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Say whether the person packs parcels."""
        return may_pack(request)

    @action(description="Begin to pack", url_path="pack", permissions=["begin_packing"])
    def begin_packing(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Open the packers' page of the order."""
        return redirect("staff-parcel", order_id=object_id)

    @action(description="Order for a customer", url_path="for-customer", permissions=["view"])
    def for_customer(self, request: HttpRequest) -> HttpResponse:
        """Show the form of an order that somebody places by telephone; a POST places it."""
        return customer_order_page(self, request)

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

    @action(description="Send again", url_path="again", icon="redo", permissions=["view"])
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show which lost or damaged pieces are sent once more; a POST orders them."""
        return handle_order_page(self, request, object_id, AGAIN_PAGE)

    @action(
        description="Next order", url_path="next-note", icon="push_pin",
        permissions=["view"],
    )  # fmt: skip
    def next_note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form of a note for the customer's next order; a POST keeps it."""
        return handle_order_page(self, request, object_id, NEXT_NOTE_PAGE)

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

    class Media:
        """The rules of the list."""

        css = {"all": ("dashboard/orders.css",)}

    required_permission = "order.manage_orders"
    access_kind = AccessKind.ORDER
    list_display = (
        "number",
        "placed",
        "recipient",
        "state",
        "payment",
        "to_pay",
        "delivery_in_short",
        "flag",
    )
    list_filter = (
        OrderWorkFilter,
        ("created", PlacedFilter),
        OrderCountryFilter,
        OrderMethodFilter,
        OrderPaymentFilter,
        OrderChoiceFilter,
        OrderCustomerFilter,
    )
    list_filter_submit = True
    list_select_related = ("shipping_address",)
    search_fields = ("user_email",)  # shows the search box; `get_search_results` does the work
    search_help_text = (
        "Number, name, e-mail, postcode, phone, tracking number, SKU, code word or invoice"
    )
    change_form_before_template = "dashboard/order_attention.html"
    ordering = ("-pk",)
    actions_detail = (
        "begin_packing", "next_step", "change_address", "take_return", "exchange", "send_again",
        "refund", "note", "next_note",
    )  # fmt: skip
    actions = ("pick_list", "add_note", "resend_parcel_emails", "cancel_unpaid")
    actions_list = ("for_customer",)
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
                    ("discount_given", "order_total"),
                    ("gift_cards_paid", "to_pay"),
                    ("money_back", "vat"),
                    "invoice",
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Return the orders that customers placed, with how they are paid, and their flags."""
        return orders_with_payment().prefetch_related("flags")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say above the order why it needs attention, and what was noted for it before it came."""
        order = context.get("original")
        context["open_flags"] = [
            flag for flag in (order.flags.all() if order else ()) if flag.settled_at is None
        ]
        context["next_notes"] = notes_for(order) if order else ()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find by whatever a customer can say of an order (`dashboard.selectors.finding`)."""
        found = orders_found(search_term)
        if found is None:
            return queryset, False
        if found.has_older and request.method == "GET":
            messages.info(request, _HAS_OLDER)
        return queryset.filter(pk__in=found.pks), False


@admin.register(OrderLimits, site=staff_site)
class OrderLimitsAdmin(OneRowAdmin):
    """How much one order may hold."""

    required_permission = "site.manage_settings"
    fields = ("max_pieces", "large_from", "large_minutes")
