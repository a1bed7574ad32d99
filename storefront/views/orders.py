"""The page of a placed order, for whoever its link or this browser lets in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plugins.ordering.errors import CancelRefused, OrderRefused, PaymentUnavailable
from plugins.ordering.links import order_of_link
from plugins.ordering.services import CANCELED_BY_CUSTOMER, cancel_order, start_payment
from storefront.cookies import forget_basket, read_basket_token
from storefront.customers import customer_id
from storefront.decorators import private_page
from storefront.grants import grant_order, order_page, rested
from storefront.receipts import receipt_pdf
from storefront.selectors.account_orders import has_account
from storefront.selectors.baskets import basket_exists
from storefront.selectors.orders import get_order_page, order_id_of
from storefront.selectors.receipts import get_receipt
from storefront.types import OrderPage
from storefront.views.basket import REFUSED, see_other


@require_safe
@private_page
def open_order(request: HttpRequest, signed: str) -> HttpResponse:
    """Let this browser open the order of an e-mail's link, and go on to its own address.

    The link itself stays out of the history and of referrers.
    """
    order = order_of_link(signed)
    if order is None:
        return rested(request)
    response = redirect("storefront:order", token=order.token)
    grant_order(request, response, order.token)
    return response


@require_safe
@order_page
def order(request: HttpRequest, token: UUID) -> HttpResponse:
    """Show how the order stands and what happens next."""
    return _page(request, _found(token))


@require_POST
@order_page
def pay(request: HttpRequest, token: UUID) -> HttpResponse:
    """Send the customer on to pay an order that still waits for it."""
    order_id = order_id_of(token)
    if order_id is None:
        raise Http404
    try:
        payment = start_payment(order_id=order_id)
    except OrderRefused as refused:
        return _page(request, _found(token), str(refused), REFUSED)
    return see_other(payment.url or f"/orders/{token}/")


@require_http_methods(["GET", "HEAD", "POST"])
@order_page
def cancel(request: HttpRequest, token: UUID) -> HttpResponse:
    """Ask once more, then cancel an order that nobody has begun to pack."""
    order = _found(token)
    if request.method != "POST":
        return _cancel_page(request, order, order.cancel_refusal)
    try:
        cancel_order(order_id=order.id, actor_id=customer_id(request), reason=CANCELED_BY_CUSTOMER)
    except (CancelRefused, PaymentUnavailable) as refused:
        return _cancel_page(request, order, str(refused), REFUSED)
    return see_other(f"/orders/{token}/")


@require_safe
@order_page
def receipt(request: HttpRequest, token: UUID) -> HttpResponse:
    """Give the receipt of a paid order as a PDF, under a name that says nothing."""
    found = get_receipt(token)
    if found is None:
        raise Http404
    name = f'attachment; filename="receipt-{found.order.number}.pdf"'
    headers = {"Content-Disposition": name}
    return HttpResponse(receipt_pdf(found), content_type="application/pdf", headers=headers)


def _cancel_page(
    request: HttpRequest, order: OrderPage, refusal: str, status: int = 200
) -> HttpResponse:
    context = {"order": order, "refusal": refusal}
    return render(request, "storefront/orders/cancel.html", context, status=status)


def _found(token: UUID) -> OrderPage:
    page = get_order_page(token)
    if page is None:
        raise Http404
    return page


def _page(
    request: HttpRequest, page: OrderPage, message: str = "", status: int = 200
) -> HttpResponse:
    free = customer_id(request) is not None and not has_account(page.token)
    context = {"order": page, "message": message, "may_be_added": free}
    response = render(request, "storefront/orders/order.html", context, status=status)
    basket = read_basket_token(request)
    if basket and not basket_exists(basket):  # it was paid: nothing is left to remember
        forget_basket(response)
    return response
