"""A customer sends something back: the form, what to do then, the label, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from plugins.fulfilment.models import ReturnState
from plugins.fulfilment.policies import ReturnRefused
from plugins.fulfilment.returns import announce_return, set_return_state
from storefront.forms.orders import ReturnForm
from storefront.order_access import give_order_access, order_page
from storefront.responses import INVALID, REFUSED, form_view, pdf_file, see_other
from storefront.returns import ReturnPage, get_return_page, replacement_of, return_label


@form_view
@order_page
def send_back(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask what comes back and announce it; while it is on its way, say what to do."""
    page = _found(token)
    if request.method != "POST":
        return _page(request, page, ReturnForm(None, page=page))
    form = ReturnForm(request.POST, page=page)
    if not form.is_valid():
        return _page(request, page, form, status=INVALID)
    try:
        announce_return(order_id=page.order_id, **form.wanted())
    except ReturnRefused as refused:
        return _page(request, page, form, str(refused), REFUSED)
    return see_other(f"/orders/{token}/return/")


@require_POST
@order_page
def withdraw(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take the return back: the customer keeps it."""
    page = _found(token)
    try:
        set_return_state(order_id=page.order_id, state=ReturnState.WITHDRAWN, actor_id=None)
    except ReturnRefused:  # it is here already, or was withdrawn in another tab: the page says so
        return see_other(f"/orders/{token}/return/")
    return see_other(f"/orders/{token}/")


@require_safe
@order_page
def label(request: HttpRequest, token: UUID) -> HttpResponse:
    """Return the label for the way back as a PDF with a neutral file name."""
    file = return_label(token)
    if file is None:
        raise Http404
    return pdf_file(file, f"label-{_found(token).number}")


@require_safe
@order_page
def replacement(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """Open the order that sends other sizes, for whoever may open the one it replaces."""
    other = replacement_of(token, number)
    if other is None:
        raise Http404
    response = see_other(f"/orders/{other}/")
    give_order_access(request, response, other)
    return response


def _found(token: UUID) -> ReturnPage:
    page = get_return_page(token)
    if page is None:
        raise Http404
    return page


def _page(
    request: HttpRequest, page: ReturnPage, form: ReturnForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "refusal": refusal}
    return render(request, "storefront/orders/return.html", context, status=status)
