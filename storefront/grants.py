"""Which orders this browser may open: a signed cookie that stands in for an account.

A grant is given where an order is placed and where a signed link is opened. The address of an
order's page alone opens nothing, so neither history nor referrer holds a working secret.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

# Short, because computers are shared; the link in the e-mail gives a new one.
GRANT_LIFETIME = timedelta(days=1)
_MOST_ORDERS = 5  # keeps the cookie small
_SALT = "storefront.grants"


def is_granted(request: HttpRequest, token: str) -> bool:
    """Say whether this browser may open the order with this token."""
    return token in _grants(request)


def grant_order(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Let this browser open the order for `GRANT_LIFETIME` from now."""
    others = {known: until for known, until in _grants(request).items() if known != token}
    until = int(time.time() + GRANT_LIFETIME.total_seconds())
    newest = list({**others, token: until}.items())[-_MOST_ORDERS:]
    response.set_cookie(
        settings.ORDERS_COOKIE_NAME,
        signing.dumps(dict(newest), salt=_SALT),
        max_age=GRANT_LIFETIME,
        secure=settings.ORDERS_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",  # a link in a web mailer and the way back from paying are cross-site
    )


def forget_grants(response: HttpResponse) -> None:
    """Let this browser open no order any more, with the very attributes of the cookie."""
    response.delete_cookie(settings.ORDERS_COOKIE_NAME, samesite="Lax")


def _grants(request: HttpRequest) -> dict[str, int]:
    """Return until when, in Unix seconds, each order may be opened, oldest grant first."""
    cookie = request.COOKIES.get(settings.ORDERS_COOKIE_NAME, "")
    try:
        grants: dict[str, int] = signing.loads(cookie, salt=_SALT, max_age=GRANT_LIFETIME)
    except signing.BadSignature:
        return {}
    return {token: until for token, until in grants.items() if until > time.time()}
