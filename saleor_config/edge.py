"""What is answered before any page of the shop, and what every refusal looks like.

Unreadable requests: PostgreSQL keeps no NUL, and no person types one: a text that holds it would
end in an error of the server wherever it first meets a query. The same goes for addresses far
longer than any of ours. What is merely wrong (a number that is none, an id of nothing) is the
pages' own to answer, with `product_content.parsing`.

Bodies: `BODY_LIMITS` says how much each route takes. The server asks it before it takes a byte.

Error pages say nothing of what somebody was looking at, and no cache keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation

from dashboard import site as staff
from product_content.parsing import parse_id
from storefront.views import account_access as shop

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_NAME = 255  # characters of a name that somebody logs in with
_KB, _MB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How long a request's body may be, in bytes, and how long it may take to arrive."""

    bytes: int
    seconds: float


ORDINARY = BodyLimit(64 * _KB, seconds=30)  # forms of customers, log-ins, whatever is not below
_STAFF = BodyLimit(1 * _MB, seconds=60)  # guides are long, and stock documents have many rows
_PHOTOS = BodyLimit(33 * _MB, seconds=240)  # four of photos.MAX_BYTES
BODY_LIMITS = {
    "stripe_payments:webhook": BodyLimit(1 * _MB, seconds=30),
    "admin:login": ORDINARY,
    "admin:product_product_add": _PHOTOS,
    "admin:product_product_change": _PHOTOS,
    "admin:dashboard_stockitem_import": BodyLimit(3 * _MB, seconds=120),  # tables.USUAL and a form
    "admin:collection_points_import": BodyLimit(6 * _MB, seconds=120),  # point_import.LIMITS
}
# In the environment of a request whose body the server did not take; it is empty then.
BODY_REFUSED = "shop.body_refused"
_REFUSED_BY_PROXY = "HTTP_X_BODY_REFUSED"  # proxy/shop.conf; whoever else sends it gets the page


def body_limit(path: str) -> BodyLimit:
    """Return the limit of the route that a path leads to."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return ORDINARY
    return BODY_LIMITS.get(name) or (_STAFF if name.startswith("admin:") else ORDINARY)


def _is_too_large(request: HttpRequest) -> bool:
    if BODY_REFUSED in request.META or _REFUSED_BY_PROXY in request.META:
        return True
    length = parse_id(request.META.get("CONTENT_LENGTH") or "0")
    if length is None:
        return True
    return length > ORDINARY.bytes and length > body_limit(request.path_info).bytes


MAX_PATH, MAX_QUERY = 1_000, 4_000  # characters; ours have at most about 300 and 1,000
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_REASON = "This address or form cannot be read."  # names nothing of it: it goes into the log
_NUL = "\0"


def keep_trusted_id(get_response: GetResponse) -> GetResponse:
    """Forget a request id that is not our own proxy's, or is none; another is made then.

    The id goes into logs and answers, so a visitor must not choose it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        if not (settings.TRUSTED_REQUEST_IDS and _REQUEST_ID.fullmatch(given)):
            request.META.pop("HTTP_X_REQUEST_ID", None)
        return get_response(request)

    return middleware


class RefuseUnreadable:
    """Middleware that answers 400 to NUL and over-long addresses, and drops cookies with NUL.

    Bodies that are longer than their route allows are answered with 413. A view that reads the
    body itself, and no form, says so with `takes_raw_body = True`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address and the cookies; the body is read by no page before its view."""
        query = request.META.get("QUERY_STRING", "")
        if len(request.path_info) > MAX_PATH or len(query) > MAX_QUERY:
            raise BadRequest(_REASON)
        if _NUL in request.path_info or _holds_nul(request.GET):
            raise BadRequest(_REASON)
        if _is_too_large(request):
            return error_page(request, 413)
        _drop_nul(request.COOKIES)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Look at the form that was sent, before its view does."""
        if request.content_type not in _FORMS or getattr(view, "takes_raw_body", False):
            return
        if _holds_nul(request.POST):
            raise BadRequest(_REASON)


def _holds_nul(fields: QueryDict) -> bool:
    values: Iterable[Any] = chain.from_iterable(fields.lists())
    return any(_NUL in part for value in values for part in _parts(value))


def _parts(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else (value,)


def _drop_nul(cookies: dict[str, str]) -> None:
    """Forget cookies with NUL, which `"\\000"` in a header becomes; a session's is looked up."""
    for name in [name for name, value in cookies.items() if _NUL in name + value]:
        del cookies[name]


def error_page(request: HttpRequest, status: int, *, template: str = "") -> HttpResponse:
    """Return the page of a status code, in the language of the address.

    It needs no database, no session and no user: any of them may be what failed.
    """
    language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        context = {"shop_name": settings.SHOP_NAME}
        page = render_to_string(template or f"{status}.html", context)
    return HttpResponse(page, status=status, headers={"Content-Language": language})


def _handler(status: int, template: str = "") -> Callable[..., HttpResponse]:
    """Return what Django calls for a status code, with the request and what went wrong."""

    def handle(request: HttpRequest, *_details: object, **_more: object) -> HttpResponse:
        return error_page(request, status, template=template)

    return handle


bad_request, refused, missing, failed = map(_handler, (400, 403, 404, 500))
csrf_failure = _handler(403, "403_csrf.html")

_WITH_PAGE = {400, 403, 404, 405, 413, 429, 500}


def keep_errors_private(get_response: GetResponse) -> GetResponse:
    """Give every refusal and error a page, and forbid all caches to keep it.

    The outermost of the middleware, so that the others' refusals pass through it too.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code < 400:  # noqa: PLR2004  the first of the errors
            return response
        response = _with_page(request, response)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return respond


def _with_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with a page, if it has none: Django's 405 is empty."""
    if not isinstance(response, HttpResponse) or response.content:
        return response
    if response.status_code not in _WITH_PAGE or request.headers.get("HX-Request"):
        return response
    page = error_page(request, response.status_code)
    response.content = page.content
    response.headers["Content-Type"] = page.headers["Content-Type"]
    response.headers["Content-Length"] = str(len(page.content))
    return response


def attempted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return whose log-in was tried, as django-axes stores it: never longer than its column."""
    fields: Any = credentials or request.POST
    name = fields.get(settings.AXES_USERNAME_FORM_FIELD)
    return None if name is None else str(name)[:MAX_NAME]


def locked_out(request: HttpRequest, *_details: object) -> HttpResponseBase:
    """Say that the log-in is locked, with status 429; the same whether the account exists."""
    if request.path.startswith("/staff/"):
        return staff.locked_out(request)
    return shop.locked_out(request)
