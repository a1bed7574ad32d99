"""Several people at one browser: what goes from it when somebody logs in or out."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from storefront.cookies import forget_basket, read_basket_token
from storefront.customers import customer_id
from storefront.grants import forget_orders
from storefront.services.basket_owners import claim_basket


def with_own_basket(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Take the ways to another person's basket and orders from the browser of a log-in."""
    token, customer = read_basket_token(request), customer_id(request)
    if token and customer and not claim_basket(token=token, user_id=customer):
        forget_basket(response)
        forget_orders(response)
    return response


def with_nobody(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End the session, and leave no way to a basket or an order in this browser."""
    logout(request)
    forget_basket(response)
    forget_orders(response)
    return response
