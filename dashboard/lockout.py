"""Failed log-ins, and the page that staff see while the log-in is locked.

saleor_config.edge shows that page, as AXES_LOCKOUT_CALLABLE. Passwords and codes are counted
together: a few attempts for both factors, not for each.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from dashboard.pages import staff_page
from dashboard.site import staff_site
from saleor_config.client_address import client_address


def locked_out(request: HttpRequest, *_details: Any) -> HttpResponseBase:
    """Say that the log-in is locked, with status 429; the same whether the account exists."""
    return staff_page(_locked_page)(request)


def is_locked(request: HttpRequest) -> bool:
    """Say whether the person who gives the second factor has no attempts left."""
    return not AxesProxyHandler.is_allowed(request, _credentials(request))


def record_failed_attempt(request: HttpRequest) -> None:
    """Count a wrong code of the second factor."""
    user_login_failed.send(sender=__name__, credentials=_credentials(request), request=request)


def reset_failed_attempts(request: HttpRequest) -> None:
    """Reset the person's count, for this IP address only: others may still be guessing."""
    AxesProxyHandler.reset_attempts(ip_address=client_address(request), **_credentials(request))


def _credentials(request: HttpRequest) -> dict[str, str]:
    user: Any = request.user  # the code is asked after the password, so the user is known
    return {"username": user.email}


def _locked_page(request: HttpRequest) -> HttpResponse:
    context = {
        **staff_site.each_context(request),
        "title": "Locked for a while",
        "hours": settings.AXES_COOLOFF_TIME,
    }
    return render(request, "dashboard/locked_out.html", context, status=429)
