"""Decorators and headers of every page under /staff/."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]

# Unfold runs on Alpine, which turns attributes into functions (unsafe-eval), and sets colours
# and widths in style attributes. Nothing from another host, and still never framed.
STAFF_CSP = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "form-action": ["'self'"],
}


def staff_page(view: View) -> View:
    """Wrap a view: the laxer policy that Unfold needs, and no copy kept by any cache."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return forbid_caching(csp_replace(STAFF_CSP)(view)(request, *args, **kwargs))

    return page


def second_factor_pending(view: View) -> View:
    """Let only those in who gave their password and not yet a code."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_second_factor_pending(request):
            return redirect("admin:index")  # which asks for the log-in where it is needed
        return view(request, *args, **kwargs)

    return page


def is_second_factor_pending(request: HttpRequest) -> bool:
    """Say whether a member of staff gave their password and not yet a code."""
    user: Any = request.user  # django-otp's middleware adds `is_verified`
    return bool(user.is_active and user.is_staff and not user.is_verified())


def forbid_caching(response: HttpResponseBase) -> HttpResponseBase:
    """Forbid every cache, the browser's own too, to keep the answer."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
