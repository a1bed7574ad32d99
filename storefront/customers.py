"""Who the signed-in customer is. Staff are anonymous visitors in the shop (docs/adr/0010)."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from storefront.decorators import View, private_page


def customer_id(request: HttpRequest) -> int | None:
    """Return the id of the signed-in customer; None for anonymous visitors and for staff."""
    user = request.user
    return user.pk if user.is_authenticated and not user.is_staff else None


def required_customer_id(request: HttpRequest) -> int:
    """Return the id of the signed-in customer; raises PermissionDenied without one."""
    customer = customer_id(request)
    if customer is None:
        raise PermissionDenied
    return customer


def customer_page(view: View) -> View:
    """Show the page to signed-in customers, who log in first; it is kept out of every cache."""

    @private_page
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if customer_id(request) is None:
            return redirect_to_login(request.get_full_path(), reverse("storefront:login"))
        return view(request, *args, **kwargs)

    return wrapper


def account_url(done: str) -> str:
    """Return the account's address; `done` names what the page says was done (its template)."""
    return f"{reverse('storefront:account')}?{urlencode({'done': done})}"
