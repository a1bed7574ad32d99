"""The orders of a customer's account."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from storefront.customers import customer_page, the_customer
from storefront.grants import order_page
from storefront.selectors.account_orders import orders_of
from storefront.services.account_orders import add_order
from storefront.views.basket import see_other


@require_safe
@customer_page
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders, without what was bought."""
    page = orders_of(the_customer(request), request.GET.get("page", "1"))
    return render(request, "storefront/account/orders.html", {"orders": page})


@require_POST
@customer_page
@order_page
def add(request: HttpRequest, token: UUID) -> HttpResponse:
    """Put the order of a link that this browser opened into the account."""
    if not add_order(user_id=the_customer(request), token=token):
        raise Http404
    return see_other(reverse("storefront:account_orders"))
