"""Suppliers with their cost prices, and purchase orders from the draft to the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from unfold.decorators import action, display

from dashboard.admin.base import SaleorModelAdmin, SaleorTabularInline, format_money
from dashboard.admin.changes import SavesOnlyChanges
from dashboard.admin.stock.forms import PurchaseReceiptForm
from dashboard.roles import MANAGE_STOCK
from dashboard.selectors.catalogue import variant_in_words
from dashboard.site import staff_site
from plugins.inventory.documents import DocumentLine, read_document, staff_name_of
from plugins.inventory.models import (
    PurchaseLine,
    PurchaseOrder,
    PurchaseState,
    Supplier,
    SupplierItem,
)
from plugins.inventory.policies import StockRefused
from plugins.inventory.purchasing import (
    close_order,
    draft_orders,
    mark_ordered,
    over_delivered,
    receive_purchase,
    received_so_far,
)
from plugins.ordering.invoices import seller_lines
from product_content.money import in_decimals
from product_content.tables import csv_chunks

_STATE_COLOURS = {
    PurchaseState.DRAFT: "info",
    PurchaseState.ORDERED: "warning",
    PurchaseState.PART_RECEIVED: "warning",
    PurchaseState.CLOSED: "success",
}
_CSV_COLUMNS = ("your_number", "sku", "product", "pieces", "price", "currency")


class SupplierItemInline(SaleorTabularInline):
    """What a supplier sells us, and for how much."""

    required_permission = MANAGE_STOCK
    can_remove = True
    model = SupplierItem
    verbose_name_plural = "Cost prices of one piece, without VAT"
    fields = ("variant", "code", "cost_value")
    autocomplete_fields = ("variant",)
    hide_title = True
    per_page = 100


@admin.register(Supplier, site=staff_site)
class SupplierAdmin(SaleorModelAdmin):
    """Whom goods are bought from."""

    required_permission = MANAGE_STOCK
    list_display = ("name", "email", "is_active")
    search_fields = ("name",)
    fields = (("name", "is_active"), ("email", "reference"), "address")
    inlines = (SupplierItemInline,)
    empty_help = "Add whom you buy from, with what it costs you."


class PurchaseLineInline(SaleorTabularInline):
    """What is ordered; changed while it is a draft."""

    required_permission = MANAGE_STOCK
    can_remove = True
    model = PurchaseLine
    verbose_name_plural = "Goods"
    fields = ("variant", "pieces", "cost_value", "received")
    readonly_fields = ("goods", "received")
    autocomplete_fields = ("variant",)
    hide_title = True
    per_page = 100

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the columns; what cannot be changed is named, with no link to its page."""
        return self.fields if _is_draft(obj) else ("goods", *self.fields[1:])

    def get_queryset(self, request: HttpRequest) -> QuerySet[PurchaseLine]:
        """Return the lines with what they name."""
        return super().get_queryset(request).select_related("variant__product")

    @display(description="Goods")
    def goods(self, line: PurchaseLine) -> str:
        """Return what is ordered."""
        return variant_in_words(line.variant)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add goods to a draft."""
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Change a draft."""
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Take goods off a draft."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)


def _is_draft(order: PurchaseOrder | None) -> bool:
    return order is None or order.state == PurchaseState.DRAFT


@admin.register(PurchaseOrder, site=staff_site)
class PurchaseOrderAdmin(SaleorModelAdmin):
    """Orders to suppliers; what came in on them stands in the stock ledger."""

    required_permission = MANAGE_STOCK
    can_remove = True
    list_display = ("number", "supplier", "how_far", "came", "worth", "expected_on")
    list_display_links = ("number",)
    list_filter = ("state", "supplier")
    list_select_related = ("supplier",)
    search_fields = ("supplier__name", "lines__variant__sku")
    search_help_text = "Supplier or SKU"
    list_before_template = "dashboard/purchase_list_links.html"
    change_form_before_template = "dashboard/purchase_links.html"
    empty_help = "Nothing was ordered yet. Draft what is low, or add an order."
    fields = (("supplier", "warehouse"), ("expected_on", "note"), "state_in_words")
    readonly_fields = ("state_in_words",)
    inlines = (PurchaseLineInline,)
    actions_submit_line = ("send", "close")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PurchaseOrder]:
        """Return the orders with their sums."""
        sums = {"pieces": Sum("lines__pieces"), "received": Sum("lines__received")}
        worth = Sum(F("lines__pieces") * F("lines__cost_value"))
        return super().get_queryset(request).annotate(**sums, worth=worth)

    def get_readonly_fields(self, request: HttpRequest, obj: PurchaseOrder | None = None) -> Any:
        """Keep supplier and warehouse of what was ordered."""
        words = ("state_in_words",)
        return words if _is_draft(obj) else ("supplier", "warehouse", *words)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Delete drafts; what was ordered is closed."""
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Return no actions for many: deleting asks for the state of each."""
        return {}

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons for the state that the order is in."""
        state = PurchaseOrder.objects.filter(pk=object_id).values_list("state", flat=True).first()
        wanted: dict[str, str] = {PurchaseState.DRAFT: "send", PurchaseState.CLOSED: ""}
        fitting = wanted.get(state or "", "close")
        buttons = super().get_actions_submit_line(request, object_id)
        return [button for button in buttons if fitting and button.action_name.endswith(fitting)]

    def save_model(self, request: HttpRequest, obj: PurchaseOrder, form: Any, change: bool) -> None:
        """Save the order alone: Unfold would press its buttons here, before the goods are there."""
        SavesOnlyChanges.save_model(self, request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the goods, then press the button: the order is sent with all of them."""
        super().save_related(request, form, formsets, change)
        for button in self.get_actions_submit_line(request, form.instance.pk):
            if button.action_name in request.POST:
                button.method(request, form.instance)

    @action(description="Save and mark as ordered", permissions=["change"])
    def send(self, request: HttpRequest, obj: PurchaseOrder) -> None:
        """Note that the supplier has the order."""
        self._step(request, obj, mark_ordered, "Marked as ordered.")

    @action(description="Close: nothing more comes", permissions=["change"])
    def close(self, request: HttpRequest, obj: PurchaseOrder) -> None:
        """End the order."""
        self._step(request, obj, close_order, "Closed.")

    def _step(self, request: HttpRequest, obj: PurchaseOrder, step: Any, done: str) -> None:
        try:
            step(order_id=obj.pk)
        except StockRefused as refused:
            messages.error(request, refused.message)
        else:
            self.log_change(request, obj, done)
            messages.success(request, f"{obj}: {done}")

    def get_urls(self) -> list[Any]:
        """Add receiving, the printed order, its CSV, and drafting from what is low."""
        pages = (
            ("<path:object_id>/receive/", self.receive_view, "receive"),
            ("<path:object_id>/print/", self.print_view, "print"),
            ("<path:object_id>/order.csv", self.csv_view, "csv"),
            ("from-stock/", self.draft_view, "draft"),
        )
        own = [
            path(place, staff_site.admin_view(view), name=f"inventory_purchaseorder_{name}")
            for place, view, name in pages
        ]
        return [*map(self._guarded, own), *super().get_urls()]

    def draft_view(self, request: HttpRequest) -> HttpResponseBase:
        """Draft orders of what is low, one for each supplier and warehouse."""
        if not self.is_permitted(request):
            return staff_site.refused(request)
        if request.method != "POST":
            return redirect("admin:inventory_purchaseorder_changelist")
        made = draft_orders()
        for order in made.orders:
            self.log_addition(request, order, "Drafted from what is low.")
        numbers = ", ".join(map(str, made.orders))
        if numbers:
            messages.success(request, f"Drafted: {numbers}.")
        elif not made.without_supplier:
            messages.success(request, "Nothing is to order.")
        if made.without_supplier:
            messages.warning(
                request,
                f"Not drafted, as no supplier is known: {', '.join(made.without_supplier)}. "
                "Add them to the cost prices on their supplier's page, then draft again.",
            )
        return redirect("admin:inventory_purchaseorder_changelist")

    def receive_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show, check and post what came in on one order."""
        if not self.is_permitted(request):
            return staff_site.refused(request)
        order = get_object_or_404(PurchaseOrder.objects.select_related("supplier"), pk=object_id)
        form = PurchaseReceiptForm(request.POST if request.method == "POST" else None)
        rows: list[DocumentLine] = []
        problems: Sequence[str] = ()
        if form.is_valid():
            try:
                rows = read_document(form.cleaned_data["scans"], warehouse_id=order.warehouse_id)
                if "post" in request.POST:
                    return self._receive(request, order, form.cleaned_data, rows)
            except StockRefused as refused:
                problems = refused.problems
        return self._receive_page(request, order, form, rows, problems)

    def _receive(
        self, request: HttpRequest, order: PurchaseOrder, data: Any, rows: list[DocumentLine]
    ) -> HttpResponseBase:
        pieces = {row.variant_id: row.pieces for row in rows}
        order = receive_purchase(
            order_id=order.pk,
            key=data["key"],
            pieces=pieces,
            expected=data["expected"],
            keep_more=data["keep_more"],
            note=f"{order}: {data['note']}"[:200],
            actor_id=int(request.user.pk or 0),
        )
        said = f"Received {sum(pieces.values())} pieces: {data['note']}"
        self.log_change(request, order, said)
        state = order.get_state_display().lower()
        messages.success(request, f"{order}: the goods are on the shelf. It is {state}.")
        return redirect("admin:inventory_purchaseorder_change", order.pk)

    def _receive_page(
        self,
        request: HttpRequest,
        order: PurchaseOrder,
        form: PurchaseReceiptForm,
        rows: list[DocumentLine],
        problems: Sequence[str],
    ) -> HttpResponse:
        lines = {line.variant_id: line for line in _lines(order)}
        context = {
            **staff_site.each_context(request),
            "title": f"Receive {order}",
            "opts": self.opts,
            "order": order,
            "form": form,
            "lines": lines.values(),
            "expected": received_so_far(order),
            "rows": [(row, lines.get(row.variant_id)) for row in rows],
            "surplus": over_delivered(order, {row.variant_id: row.pieces for row in rows}),
            "problems": problems,
        }
        status = 422 if problems or form.errors else 200
        return TemplateResponse(request, "dashboard/purchase_receive.html", context, status=status)

    def print_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show the order as the supplier gets it."""
        if not self.is_permitted(request):
            return staff_site.refused(request)
        order = get_object_or_404(PurchaseOrder.objects.select_related("supplier"), pk=object_id)
        lines = list(_lines(order))
        total = sum((line.total for line in lines), Decimal(0))
        context = {
            "order": order,
            "sender": seller_lines(),
            "lines": _printed(order, lines),
            "total": format_money(total, settings.DEFAULT_CURRENCY),
        }
        return TemplateResponse(request, "dashboard/purchase_order.html", context)

    def csv_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Send the order as a file for the supplier."""
        if not self.is_permitted(request):
            return staff_site.refused(request)
        order = get_object_or_404(PurchaseOrder, pk=object_id)
        currency = settings.DEFAULT_CURRENCY
        rows = [
            (
                code,
                line.variant.sku,
                name,
                line.pieces,
                in_decimals(line.cost_value, currency),
                currency,
            )
            for line, code, name, _total in _printed(order, list(_lines(order)))
        ]
        answer = HttpResponse(b"".join(csv_chunks(_CSV_COLUMNS, rows)), content_type="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{order}.csv"'
        return answer

    @display(description="Number", ordering="pk")
    def number(self, order: PurchaseOrder) -> str:
        """Return its number."""
        return str(order)

    @display(description="State", ordering="state", label=_STATE_COLOURS)
    def how_far(self, order: PurchaseOrder) -> tuple[str, str]:
        """Return how far it is."""
        return order.state, order.get_state_display()

    @display(description="State")
    def state_in_words(self, order: PurchaseOrder) -> str:
        """Return how far it is, on its page."""
        return str(order.get_state_display())

    @display(description="Received")
    def came(self, order: Any) -> str:
        """Return how many pieces of how many came."""
        return f"{order.received or 0} of {order.pieces or 0}"

    @display(description="Costs", ordering="worth")
    def worth(self, order: Any) -> str:
        """Return what it costs without VAT."""
        return format_money(order.worth or Decimal(0), settings.DEFAULT_CURRENCY)


def _lines(order: PurchaseOrder) -> QuerySet[PurchaseLine]:
    return order.lines.select_related("variant__product").order_by("variant__sku")


def _printed(
    order: PurchaseOrder, lines: Sequence[PurchaseLine]
) -> list[tuple[PurchaseLine, str, str, str]]:
    """Return each line with the supplier's number, its name, and what it costs."""
    codes = dict(order.supplier.items.values_list("variant_id", "code"))
    currency = settings.DEFAULT_CURRENCY
    return [
        (
            line, codes.get(line.variant_id, ""), staff_name_of(line.variant),
            format_money(line.total, currency),
        )
        for line in lines
    ]  # fmt: skip
