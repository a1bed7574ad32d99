"""The page of a placed order, for whoever its link or this browser lets in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from plugins.ordering.errors import OrderRefused
from plugins.ordering.links import order_of_link
from plugins.ordering.services import start_payment
from storefront.cookies import forget_basket, read_basket_token
from storefront.decorators import private_page
from storefront.grants import grant_order, order_page, rested
from storefront.selectors.baskets import basket_exists
from storefront.selectors.orders import get_order_page, order_id_of
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


def _found(token: UUID) -> OrderPage:
    page = get_order_page(token)
    if page is None:
        raise Http404
    return page


def _page(
    request: HttpRequest, page: OrderPage, message: str = "", status: int = 200
) -> HttpResponse:
    context = {"order": page, "message": message}
    response = render(request, "storefront/orders/order.html", context, status=status)
    basket = read_basket_token(request)
    if basket and not basket_exists(basket):  # it was paid: nothing is left to remember
        forget_basket(response)
    return response
