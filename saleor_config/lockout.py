"""The answer while a log-in is locked (`AXES_LOCKOUT_CALLABLE`): staff and shop have their own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from dashboard import lockout as staff
from storefront.views import account_access as shop


def locked_out(request: HttpRequest, *_details: object) -> HttpResponseBase:
    """Say that the log-in is locked, with status 429; the same whether the account exists."""
    if request.path.startswith("/staff/"):
        return staff.locked_out(request)
    return shop.locked_out(request)
