"""How often one visitor may ask for something, counted in the cache."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

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
