"""How often one visitor may ask for something, and try codes, counted in the cache.

While the cache is away, requests are not limited: what they could do is send e-mails, which the
outbox limits by itself. Tries of codes are: each web process counts its own, since a gift card is
money, and a shop whose cache fails must not become one where all can be tried.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from plugins.ordering.holds import Visitor
from saleor_config.client_address import client_address

# Enough for a household with typing mistakes; too few to try numbers out, or to have us write to
# many people who did not ask.
MAX_REQUESTS, PERIOD = 10, timedelta(minutes=15)


def is_within(request: HttpRequest, *, what: str) -> bool:
    """Count this request and say whether it is among the first `MAX_REQUESTS` of its `PERIOD`.

    Visitors are told apart by their IP address, as log-ins are; the cache holds a keyed hash of
    it. While the cache is down, nothing is counted and every request is within the limit.
    """
    key = f"limit-{what}-{_visitor(request)}"
    try:
        cache.add(key, 0, PERIOD.total_seconds())
        return cache.incr(key) <= MAX_REQUESTS
    except (ValueError, RedisError):  # ValueError: the period ended between the two
        return True


def _visitor(request: HttpRequest) -> str:
    return salted_hmac("storefront.limits", client_address(request)).hexdigest()


# Wrong codes in one period. Many people may share an address. Once so many are typed in the whole
# shop that somebody must be trying them out from everywhere, all get few tries.
CODE_PERIOD = timedelta(minutes=15)
MAX_WRONG_CODES = {"browser": 10, "address": 30}
MAX_WRONG_CODES_OF_ALL, MAX_WRONG_CODES_THEN = 300, 3


of_process = LocMemCache("limits", {})  # counts while the cache is away


def begin_code_try(request: HttpRequest) -> int:
    """Count the try of a code; return 0, or for how many seconds this visitor has to wait.

    It counts as wrong until `forgive_code_try`: of many tries at once none is free.
    """
    counts = {who: _add(key, 1) for who, key in _code_keys(request).items()}
    many = counts.pop("all") > MAX_WRONG_CODES_OF_ALL
    too_many = any(
        count > (MAX_WRONG_CODES_THEN if many else MAX_WRONG_CODES[who])
        for who, count in counts.items()
    )
    return _left() if too_many else 0


def forgive_code_try(request: HttpRequest) -> None:
    """Take the try back: the code was one that we know."""
    for key in _code_keys(request).values():
        _add(key, -1)


def wait_words(seconds: int) -> str:
    """Return why no code can be tried just now, and when it can again, for the customer."""
    minutes = -(-seconds // 60)
    return ngettext(
        "Several codes did not fit. Please look at yours once more, and try it again in "
        "%(n)d minute. Your basket is kept.",
        "Several codes did not fit. Please look at yours once more, and try it again in "
        "%(n)d minutes. Your basket is kept.",
        minutes,
    ) % {"n": minutes}


def retry_after(response: HttpResponse, seconds: int) -> HttpResponse:
    """Tell programs for how long to wait."""
    response.headers["Retry-After"] = str(seconds)
    return response


def _code_keys(request: HttpRequest) -> dict[str, str]:
    """Return under which key the tries of each are counted: the browser, the address, and all."""
    visitor, period = visitor_of(request), int(time.time() // CODE_PERIOD.total_seconds())
    known = {"browser": visitor.browser, "address": visitor.address}
    own = {who: f"codes-{who}-{period}-{value}" for who, value in known.items() if value}
    return own | {"all": f"codes-all-{period}"}


def _left() -> int:
    period = int(CODE_PERIOD.total_seconds())
    return period - int(time.time()) % period


def _add(key: str, number: int) -> int:
    try:
        cache.add(key, 0, CODE_PERIOD.total_seconds())
        return cache.incr(key, number)
    except (ValueError, RedisError):  # ValueError: the period ended between the two
        of_process.add(key, 0, CODE_PERIOD.total_seconds())
        return of_process.incr(key, number)


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who sent the request, as keyed hashes: the internet address and the browser.

    A browser is known by the cookie that its forms need, and not at all before it has one.
    """
    return Visitor(address=_visitor(request), browser=_browser(request))


def _browser(request: HttpRequest) -> str:
    secret = request.META.get("CSRF_COOKIE", "")
    return salted_hmac("storefront.browser", secret).hexdigest() if secret else ""
