"""What is answered before any page of the shop: unreadable requests, and log-ins that are locked.

PostgreSQL keeps no NUL, and no person types one: a text that holds it would end in an error of the
server wherever it first meets a query. The same goes for addresses far longer than any of ours.
What is merely wrong (a number that is none, an id of nothing) is the pages' own to answer, with
`product_content.parsing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict

from dashboard import lockout as staff
from storefront.views import account_access as shop

_REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_NAME = 255  # characters of a name that somebody logs in with
MAX_PATH, MAX_QUERY = 1_000, 4_000  # characters; ours have at most about 300 and 1,000
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_REASON = "This address or form cannot be read."  # names nothing of it: it goes into the log
_NUL = "\0"


def keep_trusted_id(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
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

    A view that reads the body itself, and no form, says so with `takes_raw_body = True`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address and the cookies; the body is read by no page before its view."""
        query = request.META.get("QUERY_STRING", "")
        if len(request.path_info) > MAX_PATH or len(query) > MAX_QUERY:
            raise BadRequest(_REASON)
        if _NUL in request.path_info or _holds_nul(request.GET):
            raise BadRequest(_REASON)
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
