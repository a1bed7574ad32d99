"""The shop's cookies: random or signed, nothing that says what is in the basket."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Long enough to decide by the next day, short enough for a shared computer.
BASKET_COOKIE_AGE = timedelta(days=7)
QUICK_EXIT_COOKIE = "left"  # set by the quick exit, until the browser closes or its user returns
SEARCH_COOKIE = "search"  # on the search page only: under which random key its words wait
SEARCH_LIFETIME = timedelta(minutes=15)  # so that Back and reload show what was found
_SALT = "storefront.basket"


def read_basket_token(request: HttpRequest) -> UUID | None:
    """Return the basket's token; None without a cookie, or with a forged or expired one."""
    value = request.get_signed_cookie(
        settings.BASKET_COOKIE_NAME, default=None, salt=_SALT, max_age=BASKET_COOKIE_AGE
    )
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def write_basket_token(response: HttpResponse, token: UUID) -> None:
    """Give the browser the basket's token, for `BASKET_COOKIE_AGE` from now."""
    response.set_signed_cookie(
        settings.BASKET_COOKIE_NAME,
        str(token),
        salt=_SALT,
        max_age=BASKET_COOKIE_AGE,
        secure=settings.BASKET_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def delete_basket_cookie(response: HttpResponse) -> None:
    """Delete the cookie; its attributes must be those it was set with."""
    response.delete_cookie(settings.BASKET_COOKIE_NAME, samesite="Lax")
