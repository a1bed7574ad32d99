"""Decorators for groups of pages: privacy, the origin of forms, customers' own pages.

Public pages: `page_cache`. Staff are anonymous visitors in the shop (docs/adr/0010).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from product_content.decisions import Decision, refused
from storefront.responses import QUICK_EXIT_COOKIE


@dataclass(frozen=True)
class RequestOrigin:
    """The headers that say where a form was sent from; empty if the browser sent none."""

    own_origin: str
    sec_fetch_site: str = ""
    origin: str = ""
    referer: str = ""


def comes_from_this_shop(sent: RequestOrigin) -> Decision:
    """Say whether a form was sent from one of our own pages.

    Used in place of a CSRF token where its cookie is unwanted: pages of the catalogue set
    no cookie at all. Browsers since 2020 send Sec-Fetch-Site over https, all send Origin with
    a POST; Referer is for the few that send neither. A request without any is refused.
    """
    if sent.sec_fetch_site and sent.sec_fetch_site != "same-origin":
        return refused("sent from another site")
    if sent.origin:
        return _same(sent.origin, sent.own_origin, "foreign origin")
    if sent.sec_fetch_site:
        return Decision(True, "same origin")
    if sent.referer:
        return _same(_origin_of(sent.referer), sent.own_origin, "foreign referer")
    return refused("origin not told")


def _same(claimed: str, own: str, reason: str) -> Decision:
    same = claimed.lower() == own.lower()
    return Decision(same, "same origin" if same else reason)


def _origin_of(url: str) -> str:
    """Return scheme and host of an address, or "" when it cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


View = Callable[..., Any]


def private_page(view: View) -> View:
    """Keep a personal page out of every cache and out of search engines."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _quick_exit_page(request) or view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper


def _quick_exit_page(request: HttpRequest) -> HttpResponse | None:
    """Return an empty page if the quick exit was used in this browser, else None."""
    if QUICK_EXIT_COOKIE not in request.COOKIES or request.method not in {"GET", "HEAD"}:
        return None
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return render(request, "storefront/after_quick_exit.html")


def same_origin_only(view: View) -> View:
    """Accept the form only from our own pages, without a CSRF token and its cookie.

    Raises PermissionDenied, with the policy's reason, for all others.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed, reason = comes_from_this_shop(_request_origin(request))
        if not allowed:
            raise PermissionDenied(reason)
        return view(request, *args, **kwargs)

    return csrf_exempt(wrapper)


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Tell caches that the fragment and the whole page have the same address."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def _request_origin(request: HttpRequest) -> RequestOrigin:
    headers = request.headers
    return RequestOrigin(
        own_origin=f"{request.scheme}://{request.get_host()}",
        sec_fetch_site=headers.get("Sec-Fetch-Site", ""),
        origin=headers.get("Origin", ""),
        referer=headers.get("Referer", ""),
    )


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
