"""Shipping documents for the printer, and who may pack."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from saleor.order.models import Order

from dashboard.models import AccessKind
from dashboard.roles import PACK_ORDERS
from dashboard.services.access_log import record_access
from plugins.discreet_shipping.label_files import ADDRESSED, CONTENT_TYPES, printout_file
from plugins.discreet_shipping.order_contract import contract_of
from plugins.fulfilment.packing import record_printed_label


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
