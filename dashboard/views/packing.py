"""The packer's pages. Every step is a form, for keyboard or scanner, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dashboard.forms import BinForm, SendForm
from dashboard.middleware import View
from dashboard.models import AccessKind
from dashboard.roles import MANAGE_STOCK, PACK_ORDERS
from dashboard.selectors.orders import parse_number
from dashboard.selectors.packing import (
    PackingState,
    QueueFilter,
    is_to_pack,
    packing_queue,
    packing_state,
    pick_list,
)
from dashboard.services import packing
from dashboard.services.packing import (
    PackingRefused,
    UnknownVariant,
    set_bin,
    shipping_documents_file,
)
from dashboard.services.personal_data import record_access
from plugins.fulfilment.sending_again import notes_for_number
from product_content.parsing import parse_ids

MAX_METHOD_NAME = 255  # letters of a delivery method, as Saleor stores it


def packers_only(view: View) -> View:
    """Refuse everybody who does not pack parcels; the site has asked for the log-in before."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(PACK_ORDERS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page


@packers_only
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show what is to be packed; a scanned order number opens it at once."""
    wanted = request.GET.get("order", "").strip().lstrip("#")
    number = parse_number(wanted)
    if number is not None and is_to_pack(number):
        return redirect("staff-parcel", order_id=number)
    asked = _queue_filter(request)
    found = packing_queue(asked, page=parse_number(request.GET.get("page", "")) or 1)
    context = {"queue": found, "wanted": wanted, "asked": asked, "query": _query_of(asked)}
    return render(request, "dashboard/packing/queue.html", context)


def _queue_filter(request: HttpRequest) -> QueueFilter:
    return QueueFilter(
        method=request.GET.get("method", "")[:MAX_METHOD_NAME],
        late="late" in request.GET,
        held="held" in request.GET,
        packer=request.user.pk if "mine" in request.GET else None,
    )


def _query_of(asked: QueueFilter) -> str:
    """Return the filter as it stands in an address, "" for none."""
    flags = {"late": asked.late, "held": asked.held, "mine": asked.packer}
    chosen = {name: "1" for name, is_set in flags.items() if is_set}
    return urlencode(({"method": asked.method} if asked.method else {}) | chosen)


@packers_only
@require_GET
def pick_list_page(request: HttpRequest) -> HttpResponseBase:
    """Show the pick list of the orders in the query string, or of the queue as filtered there."""
    numbers = parse_ids(request.GET.getlist("order"))
    context = {"list": pick_list(numbers, _queue_filter(request))}
    return render(request, "dashboard/packing/pick_list.html", context)


@packers_only
@require_POST
def labels(request: HttpRequest) -> HttpResponseBase:
    """Send all labels and slips of these orders, of what is to pack, as one PDF of A6 pages."""
    numbers = parse_ids(request.POST.getlist("order"))
    file = shipping_documents_file(numbers, actor=request.user) if numbers else b""
    if not file:
        messages.error(request, "Nothing of these orders is to be printed now.")
        return redirect("staff-pick-list")
    response = HttpResponse(file, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return response


@packers_only
@require_http_methods(["GET", "POST"])
def parcel(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Show one order; a POST with the send form hands it to the carrier."""
    state = _packing_state(request, order_id)
    data = request.POST if request.method == "POST" else None
    form = SendForm(data, checklist=state.parcel.checklist)
    if form.is_valid() and _is_sent(request, order_id, form):
        messages.success(request, f"Order {order_id} is on its way.")
        return redirect("staff-packing")
    if request.method == "GET":
        record_access(actor=request.user, kind=AccessKind.PARCEL, subject_id=order_id)
    notes = notes_for_number(order_id)
    context = {"state": state, "parcel": state.parcel, "form": form, "next_notes": notes}
    return render(request, "dashboard/packing/parcel.html", context)


@packers_only
@require_POST
def claim(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Begin to pack, or take over from a colleague who was called away."""
    take_over = "take_over" in request.POST
    return _do(request, order_id, lambda who: packing.claim(take_over=take_over, **who))


@packers_only
@require_POST
def scan(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Count what was scanned or typed."""
    return _do(
        request, order_id, lambda who: packing.scan(code=request.POST.get("code", ""), **who)
    )


@packers_only
@require_POST
def clear_problem(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Go on after a wrong piece."""
    return _do(request, order_id, lambda who: packing.clear_problem(**who))


@packers_only
@require_POST
def restart_count(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Count from the beginning."""
    return _do(request, order_id, lambda who: packing.restart_count(**who))


@packers_only
@require_POST
def buy_label(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Buy the carrier's label; twice is once."""
    return _do(request, order_id, lambda who: packing.buy_parcel_label(**who))


@packers_only
@require_POST
def release_claim(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Give the order back to the queue."""
    _do(request, order_id, lambda who: packing.release_claim(**who))
    return redirect("staff-packing")


def _packing_state(request: HttpRequest, order_id: int) -> PackingState:
    state = packing_state(order_id=order_id, packer=request.user)
    if state is None:
        raise Http404
    return state


def _do(
    request: HttpRequest, order_id: int, action: Callable[[dict[str, Any]], str | None]
) -> HttpResponse:
    """Perform one action, show its message, and return to the order."""
    _packing_state(request, order_id)
    try:
        message = action({"order_id": order_id, "packer": request.user})
    except PackingRefused as refused:
        messages.error(request, str(refused))
    else:
        if message:
            messages.success(request, message)
    return redirect("staff-parcel", order_id=order_id)


def _is_sent(request: HttpRequest, order_id: int, form: SendForm) -> bool:
    try:
        packing.send_parcel(order_id=order_id, packer=request.user, **form.wanted())
    except PackingRefused as refused:
        messages.error(request, str(refused))
        return False
    return True


def bins(request: HttpRequest) -> HttpResponseBase:
    """Ask for a SKU and its bin; the next one can be scanned at once."""
    if not (request.user.has_perm(PACK_ORDERS) or request.user.has_perm(MANAGE_STOCK)):
        raise PermissionDenied
    form = BinForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_bin_set(request, form):
        return redirect("staff-bins")
    return render(request, "dashboard/packing/bins.html", {"form": form})


def _is_bin_set(request: HttpRequest, form: BinForm) -> bool:
    sku, bin_name = form.cleaned_data["sku"], form.cleaned_data["bin"]
    try:
        name = set_bin(sku=sku, bin_name=bin_name)
    except UnknownVariant:
        form.add_error("sku", "Nothing here has this SKU.")
        return False
    messages.success(request, f"{name}: {bin_name.upper() or 'no bin'}")
    return True
