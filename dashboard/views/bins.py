"""Walking along the shelves: scan a piece, type its bin."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from dashboard.forms import BinForm
from dashboard.roles import MANAGE_STOCK, PACK_ORDERS
from dashboard.services.bins import UnknownVariant, set_bin


def bins(request: HttpRequest) -> HttpResponseBase:
    """Ask for a SKU and its bin; the next one can be scanned at once."""
    if not (request.user.has_perm(PACK_ORDERS) or request.user.has_perm(MANAGE_STOCK)):
        raise PermissionDenied
    form = BinForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_set(request, form):
        return redirect("staff-bins")
    return render(request, "dashboard/packing/bins.html", {"form": form})


def _is_set(request: HttpRequest, form: BinForm) -> bool:
    sku, bin_name = form.cleaned_data["sku"], form.cleaned_data["bin"]
    try:
        name = set_bin(sku=sku, bin_name=bin_name)
    except UnknownVariant:
        form.add_error("sku", "Nothing here has this SKU.")
        return False
    messages.success(request, f"{name}: {bin_name.upper() or 'no bin'}")
    return True
