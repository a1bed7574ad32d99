"""Asking for a new link to an order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from storefront.decorators import private_page
from storefront.errors import LinkNotSent
from storefront.forms.orders import NewLinkForm
from storefront.limits import TOO_MANY, is_within
from storefront.services.order_links import ask_for_link
from storefront.views.basket import INVALID

UNAVAILABLE = 503


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def new_link(request: HttpRequest) -> HttpResponse:
    """Ask which order, and have its link sent; the answer is the same whether there is one."""
    form = NewLinkForm(request.POST or None)
    if not form.is_bound:
        return _page(request, form, 200)
    if not form.is_valid():
        return _page(request, form, INVALID)
    if not is_within(request, what="order-link"):
        return _page(request, form, TOO_MANY)
    try:
        ask_for_link(number=form.cleaned_data["number"], email=form.cleaned_data["email"])
    except LinkNotSent:
        return _page(request, form, UNAVAILABLE)
    return redirect("storefront:order_link_sent")


@require_safe
@private_page
def sent(request: HttpRequest) -> HttpResponse:
    """Say that an e-mail may be on its way."""
    return render(request, "storefront/orders/link_sent.html")


def _page(request: HttpRequest, form: NewLinkForm, status: int) -> HttpResponse:
    context = {"form": form, "status": status}
    return render(request, "storefront/orders/new_link.html", context, status=status)
