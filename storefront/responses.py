"""What the views answer with: status codes, the redirect after a change, files, cookies.

The shop's cookies are random or signed; nothing in them says what is in the basket.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.views.decorators.http import require_http_methods

from plugins.ordering.outcomes import HoldsTooMuch, OrderRefused
from product_content.languages import localized

OK = HTTPStatus.OK
FORBIDDEN = HTTPStatus.FORBIDDEN
REFUSED = HTTPStatus.CONFLICT  # understood, but it cannot be done as things stand now
GONE = HTTPStatus.GONE
INVALID = HTTPStatus.UNPROCESSABLE_ENTITY  # a field of the form is wrong
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
UNAVAILABLE = HTTPStatus.SERVICE_UNAVAILABLE

form_view = require_http_methods(["GET", "HEAD", "POST"])

T = TypeVar("T")


def or_404(found: T | None) -> T:
    """Return what was found; raises Http404 for None."""
    if found is None:
        raise Http404
    return found


def not_sent(status: int) -> dict[str, bool]:
    """Return the context that has a page say why nothing was sent."""
    return {"too_many": status == TOO_MANY, "cannot_send": status == UNAVAILABLE}


def status_of(refused: OrderRefused) -> HTTPStatus:
    """Return the status of a page that says why no order was placed."""
    return TOO_MANY if isinstance(refused, HoldsTooMuch) else REFUSED


def see_other(address: str) -> HttpResponseRedirect:
    """Answer a form by sending the browser on with GET, so that a reload sends nothing twice.

    `address` is a path of ours, as "/basket/", which is put into the page's language, or whole.
    """
    whole = localized(address) if address.startswith("/") else address
    return HttpResponseRedirect(whole, status=HTTPStatus.SEE_OTHER)


def moved(request: HttpRequest, address: str | None) -> HttpResponse:
    """Lead for good from an old address to where its page is now, with its query.

    `address` is a path in the active language. Raises Http404 without one.
    """
    address = or_404(address)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF to be saved as `name`, given without its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


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
