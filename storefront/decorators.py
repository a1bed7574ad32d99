"""What whole groups of pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

from storefront.cookies import LEFT_COOKIE
from storefront.policies import Provenance, comes_from_this_shop

View = Callable[..., Any]


def public_page(view: View) -> View:
    """Compress a page that is the same for everybody.

    It holds no secret, neither a cookie's nor a token's, so its length cannot give one away.
    """
    return gzip_page(view)


def private_page(view: View) -> View:
    """Keep a personal page out of every cache and out of search engines."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _closed(request) or view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper


def _closed(request: HttpRequest) -> HttpResponse | None:
    """Return a page that shows nothing, when "leave quickly" was used in this browser."""
    if LEFT_COOKIE not in request.COOKIES or request.method not in {"GET", "HEAD"}:
        return None
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return render(request, "storefront/left.html")


def same_origin_only(view: View) -> View:
    """Accept the form only from our own pages, without a CSRF token and its cookie.

    Raises PermissionDenied, with the policy's reason, for all others.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed, reason = comes_from_this_shop(_provenance(request))
        if not allowed:
            raise PermissionDenied(reason)
        return view(request, *args, **kwargs)

    return csrf_exempt(wrapper)


def vary_on_htmx(response: HttpResponse) -> HttpResponse:
    """Tell caches that a fragment and the whole page share one address."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def _provenance(request: HttpRequest) -> Provenance:
    headers = request.headers
    return Provenance(
        own_origin=f"{request.scheme}://{request.get_host()}",
        sec_fetch_site=headers.get("Sec-Fetch-Site", ""),
        origin=headers.get("Origin", ""),
        referer=headers.get("Referer", ""),
    )
