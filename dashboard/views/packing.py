"""The packer's pages. Every step is a form, for keyboard or scanner, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dashboard.forms import SendForm
from dashboard.models.access import Looked
from dashboard.pages import View
from dashboard.roles import PACK_ORDERS
from dashboard.selectors.numbers import read_number
from dashboard.selectors.packing import QUEUE, packing_queue
from dashboard.selectors.parcels import Bench, bench_of
from dashboard.selectors.pick_list import pick_list
from dashboard.services import packing
from dashboard.services.access import note_look
from dashboard.services.packing import PackingRefused


def for_packers(view: View) -> View:
    """Refuse whoever does not pack parcels; the site asks for the log-in before."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(PACK_ORDERS):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return page


@for_packers
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show what is to be packed; a scanned order number opens it at once."""
    wanted = request.GET.get("order", "").strip().lstrip("#")
    only_late = "late" in request.GET
    rows = packing_queue(only_late=only_late)
    number = read_number(wanted)
    if any(row.order_id == number for row in rows):
        return redirect("staff-parcel", order_id=number)
    is_full = len(rows) == QUEUE
    context = {"rows": rows, "wanted": wanted, "only_late": only_late, "is_full": is_full}
    return render(request, "dashboard/packing/queue.html", context)


@for_packers
@require_GET
def picks(request: HttpRequest) -> HttpResponseBase:
    """Show one walk along the bins for the orders named in the address, or for the queue."""
    numbers = map(read_number, request.GET.getlist("order"))
    context = {"list": pick_list([number for number in numbers if number is not None])}
    return render(request, "dashboard/packing/pick_list.html", context)


@for_packers
@require_http_methods(["GET", "POST"])
def parcel(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Show one order; a POST with the send form hands it to the carrier."""
    bench = _bench(request, order_id)
    data = request.POST if request.method == "POST" else None
    form = SendForm(data, points=bench.parcel.checklist)
    if form.is_valid() and _is_sent(request, order_id, form):
        messages.success(request, f"Order {order_id} is on its way.")
        return redirect("staff-packing")
    if request.method == "GET":
        note_look(actor=request.user, kind=Looked.PARCEL, subject_id=order_id)
    context = {"bench": bench, "parcel": bench.parcel, "form": form}
    return render(request, "dashboard/packing/parcel.html", context)


@for_packers
@require_POST
def claim(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Begin to pack, or take over from a colleague who was called away."""
    take_over = "take_over" in request.POST
    return _do(request, order_id, lambda who: packing.claim(take_over=take_over, **who))


@for_packers
@require_POST
def scan(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Count what was scanned or typed."""
    return _do(
        request, order_id, lambda who: packing.scan(code=request.POST.get("code", ""), **who)
    )


@for_packers
@require_POST
def put_right(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Go on after a wrong piece."""
    return _do(request, order_id, lambda who: packing.put_right(**who))


@for_packers
@require_POST
def count_again(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Count from the beginning."""
    return _do(request, order_id, lambda who: packing.count_again(**who))


@for_packers
@require_POST
def put_aside(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Give the order back to the queue."""
    _do(request, order_id, lambda who: packing.put_aside(**who))
    return redirect("staff-packing")


def _bench(request: HttpRequest, order_id: int) -> Bench:
    bench = bench_of(order_id=order_id, packer=request.user)
    if bench is None:
        raise Http404
    return bench


def _do(
    request: HttpRequest, order_id: int, action: Callable[[dict[str, Any]], str | None]
) -> HttpResponse:
    """Do one step, say what came of it, and show the order again."""
    _bench(request, order_id)
    try:
        said = action({"order_id": order_id, "packer": request.user})
    except PackingRefused as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect("staff-parcel", order_id=order_id)


def _is_sent(request: HttpRequest, order_id: int, form: SendForm) -> bool:
    try:
        packing.send_parcel(order_id=order_id, packer=request.user, **form.wanted())
    except PackingRefused as refused:
        messages.error(request, str(refused))
        return False
    return True
