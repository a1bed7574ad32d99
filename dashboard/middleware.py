"""What happens around requests to /staff/, for all of them and for single pages.

For all: long sessions end, the ledger is told who asks. For single pages: decorators and headers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from plugins.inventory.ledger import staff_request

logger = logging.getLogger(__name__)
_STAFF_PAGES = "/staff/"
_POOLED = "Nothing was saved: this server takes no changes. Please tell whoever runs the shop.\n"
_SINCE = "staff_since"  # in the session: when it first came to a staff page, in Unix seconds


def end_long_sessions(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """End a session STAFF_MAX_HOURS after its log-in, however busy its person is.

    Logging in once more within a session does not make it longer.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_STAFF_PAGES) and request.user.is_authenticated:
            _end_if_long(request)
        return get_response(request)

    return middleware


def _end_if_long(request: HttpRequest) -> None:
    now = int(time.time())
    since = request.session.setdefault(_SINCE, now)
    if now - since >= settings.STAFF_MAX_HOURS * 3600:
        logout(request)
        messages.info(request, "You were logged in for long, so please log in again.")


def stock_actor_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Tell the stock ledger who changes something; the database then asks for a reason.

    The database's session holds that for the whole request. Behind a pooler the session may be
    another's the next moment, who would then stand in the ledger: so nothing is changed there.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        actor_id = _actor_id(request)
        if actor_id is None:
            return get_response(request)
        if settings.DATABASE_POOLED:
            logger.error("Send /staff/ to web servers that connect to PostgreSQL directly.")
            return HttpResponse(_POOLED, status=503, content_type="text/plain")
        with staff_request(actor_id=actor_id):
            return get_response(request)

    return middleware


def _actor_id(request: HttpRequest) -> int | None:
    if request.method != "POST" or not request.path.startswith(_STAFF_PAGES):
        return None
    return request.user.pk


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
