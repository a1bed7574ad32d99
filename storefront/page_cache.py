"""Public pages are rendered once per change, for everybody (docs/adr/0017).

A page that is the same for everybody is marked with `public_page`, and the middleware `PageCache`
keeps its whole answer. What a page may depend on is its key: scheme, path (which names the
language) and the parameters that its view knows. It is rendered for a request made of nothing
else, so no cookie, header or account of whoever came first can be in it.

The middleware stands before all that a kept answer needs no more: its security headers are kept
with it. Whatever a request could be refused for is left to the middleware that refuses it.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from hashlib import blake2b
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import brotli
import zstandard
from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.core.handlers.wsgi import WSGIRequest
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers

from product_content.page_changes import DAY, Marks, tables_read
from storefront.kept_pages import Kept, Key, Pages, State

# A browser asks each time whether its copy is still the page. A proxy may send one for a second,
# while it fetches the next. Ours is told more exactly, as it heeds whole seconds of the clock: its
# copy is good until the second ends in which the page was last known to be true.
CACHE_CONTROL = "public, max-age=0, s-maxage=0, stale-while-revalidate=1"
OUR_PROXY = "X-Accel-Expires"
MAX_QUERY = 2_000  # characters; longer ones, and refused ones, go to the view
GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., Any])
_log = logging.getLogger(__name__)


def public_page(*parameters: str) -> Callable[[View], View]:
    """Mark a view whose page is the same for everybody, and name the parameters it reads.

    It gets these alone: no others, and of the request no cookie and no header but the host. What
    it answers with 200 is kept and compressed; it may hold no secret, nothing of the clock but
    the day, and nothing of tables that are not watched (`product_content.page_changes`).
    """

    def mark(view: View) -> View:
        view.public_parameters = parameters  # type: ignore[attr-defined]
        return view

    return mark


@cache
def pages() -> Pages:
    """Return what this process keeps; `pages.cache_clear()` forgets all of it."""
    return Pages(settings.PAGE_CACHE_BYTES)


@contextmanager
def kept_values() -> Iterator[None]:
    """Let a page that is not kept use the values that kept pages are made of (`kept_value`).

    They may have been untrue for as long as a kept page.
    """
    with tables_read(pages().state().marks, pages().values):
        yield


class PageCache:
    """Middleware that answers public pages from what is kept. Off in debug mode."""

    def __init__(self, get_response: GetResponse) -> None:
        if settings.DEBUG:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from what is kept, or hand the request on."""
        if (key := _key(request)) is None:
            return self._get_response(request)
        try:
            request.get_host()
            found = pages().find(key, lambda state: self._render(request, key, state))
        except (DisallowedHost, DatabaseError):  # not for us, or nobody knows what is true
            return self._get_response(request)
        if not isinstance(found, Kept):
            return found
        request.resolver_match = found.match  # names the page for whoever counts
        return _answer(request, found)

    def _render(self, request: HttpRequest, key: Key, state: State) -> Kept | HttpResponseBase:
        bare = _bare_request(request, query=key[-1])
        with tables_read(state.marks, pages().values) as tables:
            response = self._get_response(bare)
        request.resolver_match = bare.resolver_match
        if bare.resolver_match is None or not _is_for_everybody(response):
            return response
        if unwatched := tables - state.marks.keys():
            _log.error("A public page reads tables that are not watched: %s", sorted(unwatched))
            return response
        made_of = {name: state.marks[name] for name in (*tables, DAY)}
        return _kept(response, made_of, state.asked_at, bare.resolver_match)


# --- the request -------------------------------------------------------------------------
def _key(request: HttpRequest) -> Key | None:
    """Return what a public page may depend on; None for what is none, or may be refused."""
    path, query = request.path_info, request.META.get("QUERY_STRING", "")
    if request.method not in {"GET", "HEAD"} or path.startswith(settings.STATIC_URL):
        return None
    if request.META.get("CONTENT_LENGTH", "") not in {"", "0"} or not _is_readable(query):
        return None
    try:
        return (request.scheme or "", path, _chosen(query, _parameters_of(path)))
    except Resolver404:
        return None


def _is_readable(query: str) -> bool:
    return not query or (len(query) <= MAX_QUERY and "%00" not in query and "\0" not in query)


@lru_cache(maxsize=1024)  # not of what it raises for: private addresses are nowhere kept
def _parameters_of(path: str) -> tuple[str, ...]:
    """Return the parameters that a public page knows. Raises Resolver404 for all else."""
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        view = resolve(path).func
    if (known := getattr(view, "public_parameters", None)) is None:
        raise Resolver404
    return tuple(known)


def _chosen(query: str, known: Iterable[str]) -> str:
    """Return the known parameters that were given a value, in one order."""
    if not query:
        return ""
    given = QueryDict(query)
    return urlencode([(name, value) for name in known for value in given.getlist(name) if value])


_OF_THE_SERVER = ("SCRIPT_NAME", "PATH_INFO", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL")


def _bare_request(request: HttpRequest, *, query: str) -> WSGIRequest:
    """Return a request for the same page by nobody in particular."""
    kept = {name: request.META[name] for name in _OF_THE_SERVER if name in request.META}
    if (secure := settings.SECURE_PROXY_SSL_HEADER) and secure[0] in request.META:
        kept[secure[0]] = request.META[secure[0]]
    return WSGIRequest(
        {
            **kept,
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": query,
            "HTTP_HOST": _own_host() or request.get_host(),
            "wsgi.url_scheme": request.META.get("wsgi.url_scheme", "http"),
            "wsgi.input": BytesIO(),
        }
    )


def _own_host() -> str:
    """Return the host of PUBLIC_URL, or "" where it is not one of ALLOWED_HOSTS."""
    host = urlsplit(settings.PUBLIC_URL).netloc
    domain, _ = split_domain_port(host)
    return host if validate_host(domain, settings.ALLOWED_HOSTS) else ""


# --- the answer --------------------------------------------------------------------------
def _is_for_everybody(response: HttpResponseBase) -> bool:
    """Say whether an answer may be kept: a whole page, with nothing of one visitor's own."""
    if response.status_code != 200 or response.streaming or response.cookies:  # noqa: PLR2004
        return False
    limits, varies = (_words(response.get(name, "")) for name in ("Cache-Control", "Vary"))
    nonce = "'nonce-" in response.get("Content-Security-Policy", "")
    return not (nonce or limits & {"private", "no-store", "no-cache"} or varies & {"cookie", "*"})


def _words(header: str) -> set[str]:
    return {word.strip() for word in header.lower().split(",")}


def _kept(
    response: HttpResponseBase, made_of: Marks, asked_at: float, match: ResolverMatch
) -> Kept:
    body = bytes(getattr(response, "content", b""))
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    # Weak: the page is the same in every coding, though its bytes differ.
    response.headers["ETag"] = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
    return Kept(headers, {"": body}, made_of, asked_at, match)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    coding = wanted_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    body = _body(kept, coding)
    response = HttpResponse(body, headers=kept.headers)
    response.headers["Content-Length"] = str(len(body))
    if coding:
        response.headers["Content-Encoding"] = coding
    if "HTTP_IF_NONE_MATCH" in request.META:
        etag = kept.headers["ETag"]
        response = get_conditional_response(request, etag=etag, response=response) or response
    response.headers[OUR_PROXY] = f"@{kept.last_second}"
    return response


_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {  # in the order of our own preference
    "zstd": lambda data: zstandard.compress(data, 9),
    "br": lambda data: brotli.compress(data, quality=5),
    "gzip": lambda data: gzip.compress(data, 6, mtime=0),
}


def _body(kept: Kept, coding: str) -> bytes:
    """Return the body in a coding, made at the first wish for it."""
    body = kept.bodies.get(coding)
    if body is None:
        body = kept.bodies[coding] = _CODINGS[coding](kept.bodies[""])
    return body


@lru_cache(maxsize=64)
def wanted_coding(accept: str) -> str:
    """Return the content coding to answer with, "" for none; `accept` is Accept-Encoding.

    That with the greatest weight, compressed rather than plain, and in our own order.
    """
    weights = dict(map(_weighted, accept.lower().split(",")))
    rest = weights.get("*", 0.0)
    offered = {coding: weights.get(coding, rest) for coding in _CODINGS}
    offered["gzip"] = max(offered["gzip"], weights.get("x-gzip", 0.0))
    best = max(offered, key=lambda coding: offered[coding])
    plain = weights.get("identity", 0.0)
    return best if offered[best] > 0 and offered[best] >= plain else ""


def _weighted(part: str) -> tuple[str, float]:
    """Return a coding and its weight; what cannot be read is not wanted."""
    coding, *options = (piece.strip() for piece in part.split(";"))
    weight = next((option[2:] for option in options if option.startswith("q=")), "1")
    try:
        return coding, min(max(float(weight), 0.0), 1.0)
    except ValueError:
        return coding, 0.0
