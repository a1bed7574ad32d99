"""Which orders this browser may open without an account: a signed cookie holds them.

Access is given where an order is placed and where a signed link is opened. The address of an
order's page alone opens nothing, so neither history nor referrer holds a working secret.

It is given to whoever was logged in then, or to a guest, and is of no use to anybody else who logs
in, or is there after the log-out, on the same browser.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from plugins.ordering.links import ORDER_ACCESS_LIFETIME
from storefront.decorators import View, customer_id, private_page
from storefront.forms.orders import NewLinkForm
from storefront.orders import is_for, is_own_order
from storefront.responses import FORBIDDEN

_MAX_ORDERS = 5  # keeps the cookie small
_SALT = "storefront.order-access"
_GUEST = ""


def order_page(view: View) -> View:
    """Let a view show an order only with this browser's access cookie or its customer's log-in.

    Everybody else gets the same page, whether the order exists or not; it offers a new link.
    """

    @private_page
    @wraps(view)
    def wrapper(request: HttpRequest, token: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _may_open(request, token):
            return link_expired(request)
        return view(request, token, *args, **kwargs)

    return wrapper


def link_expired(request: HttpRequest) -> HttpResponse:
    """Say that this address opens nothing, and offer a new link."""
    context = {"form": NewLinkForm()}
    return render(request, "storefront/orders/link_expired.html", context, status=FORBIDDEN)


def give_order_access(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Let this browser open the order for `ORDER_ACCESS_LIFETIME` from now."""
    others = {
        known: until for known, until in _accessible_orders(request).items() if known != token
    }
    until = int(time.time() + ORDER_ACCESS_LIFETIME.total_seconds())
    _write(request, response, {**others, token: until})


def hand_over_order_access(request: HttpRequest, response: HttpResponse) -> None:
    """At a log-in, keep what a guest could open only if it was the same person's.

    That is an order with the account's own e-mail address; others may be of whoever used the
    browser before, and their links open them again.
    """
    customer, (owner, orders) = customer_id(request), _read(request)
    known = orders if owner in {_GUEST, _owner(request)} else {}
    own = {token: until for token, until in known.items() if customer and is_for(token, customer)}
    if own:
        _write(request, response, own)
    else:
        revoke_order_access(response)


def _write(request: HttpRequest, response: HttpResponse, orders: dict[str, int]) -> None:
    newest = dict(list(orders.items())[-_MAX_ORDERS:])
    response.set_cookie(
        settings.ORDERS_COOKIE_NAME,
        signing.dumps([_owner(request), newest], salt=_SALT),
        max_age=ORDER_ACCESS_LIFETIME,
        secure=settings.ORDERS_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",  # a link in a web mailer and the way back from paying are cross-site
    )


def revoke_order_access(response: HttpResponse) -> None:
    """Delete the cookie: this browser can open no order any more."""
    response.delete_cookie(settings.ORDERS_COOKIE_NAME, samesite="Lax")


def _may_open(request: HttpRequest, token: UUID) -> bool:
    if str(token) in _accessible_orders(request):
        return True
    customer = customer_id(request)
    return customer is not None and is_own_order(token, user_id=customer)


def _accessible_orders(request: HttpRequest) -> dict[str, int]:
    """Return until when, in Unix seconds, each order may be opened, oldest first."""
    owner, orders = _read(request)
    return orders if owner == _owner(request) else {}


def _owner(request: HttpRequest) -> str:
    """Return whom access is given to: a guest, or an account, of which the cookie tells nothing."""
    customer = customer_id(request)
    return salted_hmac(_SALT, str(customer)).hexdigest()[:16] if customer else _GUEST


def _read(request: HttpRequest) -> tuple[str, dict[str, int]]:
    """Return to whom access was given, and until when, in Unix seconds, to each order."""
    cookie = request.COOKIES.get(settings.ORDERS_COOKIE_NAME, "")
    try:
        owner, orders = signing.loads(cookie, salt=_SALT, max_age=ORDER_ACCESS_LIFETIME)
    except signing.BadSignature:
        return _GUEST, {}
    return owner, {token: until for token, until in orders.items() if until > time.time()}
