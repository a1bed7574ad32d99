"""Packing on an order's page: what was promised, the shipping documents, the packing button."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from saleor.order.models import Order
from unfold.decorators import action, display

from dashboard.models import AccessKind
from dashboard.roles import PACK_ORDERS
from dashboard.selectors.packing import is_to_pack
from dashboard.services.access_log import record_access
from plugins.discreet_shipping.label_files import CONTENT_TYPES, KINDS, printout_file
from plugins.discreet_shipping.label_layout import SIZES
from plugins.discreet_shipping.order_contract import contract_of
from plugins.discreet_shipping.packing import packing_checklist, record_printed_label


class OrderPacking:
    """Fields, shipping documents and the packing button of `OrderAdmin`."""

    def get_urls(self) -> list[Any]:
        """Add the address of the printed shipping documents."""
        view = self.admin_site.admin_view(self.shipping_document_view)  # type: ignore[attr-defined]
        route = "<int:order_id>/document/<slug:kind>/<slug:size>.<slug:form>"
        return [path(route, view, name="order_shipping_document"), *super().get_urls()]  # type: ignore[misc]

    def shipping_document_view(
        self, request: HttpRequest, order_id: int, kind: str, size: str, form: str
    ) -> HttpResponse:
        """Send a label or slip, made from the order's Contract; its name says nothing."""
        if not (self.is_permitted(request) or may_pack(request)):  # type: ignore[attr-defined]
            return self.admin_site.refused(request)  # type: ignore[attr-defined]
        order = Order.objects.filter(pk=order_id).first()
        contract = contract_of(order) if order else None
        file = contract and printout_file(contract, kind=kind, size=size, form=form)
        if not file:
            raise Http404
        record_access(actor=request.user, kind=AccessKind.DOCUMENT, subject_id=order_id)
        if kind != "slip":  # it names no address
            record_printed_label(order_id=order_id)
        response = HttpResponse(file, content_type=CONTENT_TYPES[form])
        name = f"{order_id}-{kind}-{size}.{form}"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return response

    @action(description="Begin to pack", url_path="pack", permissions=["begin_packing"])
    def begin_packing(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Open the order on the packers' bench."""
        return redirect("staff-parcel", order_id=object_id)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer packing only for an order that is to be packed."""
        actions = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        if is_to_pack(int(object_id)):
            return list(actions)
        return [one for one in actions if one.method.__name__ != "begin_packing"]

    def has_begin_packing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Say whether the person packs parcels."""
        return may_pack(request)

    @display(description="Packing list")
    def packing_list(self, order: Order) -> SafeString | str:
        """Return what was promised, as a list to go through."""
        contract = contract_of(order)
        if contract is None:
            return "-"
        rows = ((what, told) for what, told in packing_checklist(contract))
        return format_html_join("", "<div>☐ <strong>{}</strong>: {}</div>", rows)

    @display(description="To print")
    def shipping_documents(self, order: Order) -> SafeString | str:
        """Return links to the label and the slips this order has."""
        contract = contract_of(order)
        if contract is None:
            return "-"
        has = {
            "label": contract["label"],
            "return-label": contract["return_label"],
            "slip": contract["slip"]["kind"] == "codes",
        }
        links = (
            (
                reverse("admin:order_shipping_document", args=[order.pk, kind, size, form]),
                kind,
                size,
                form,
            )
            for kind in KINDS
            if has[kind]
            for size in SIZES
            for form in CONTENT_TYPES
        )
        joined = format_html_join(" · ", '<a class="underline" href="{}">{} {} {}</a>', links)
        return format_html("{}", joined) if joined else "-"


def may_pack(request: HttpRequest) -> bool:
    """Say whether the person packs parcels."""
    return bool(request.user.has_perm(PACK_ORDERS))
