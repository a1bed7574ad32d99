"""What the views answer with: status codes, the redirect after a change, files."""

from __future__ import annotations

from http import HTTPStatus

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
    if address is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF to be saved as `name`, given without its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
