"""What only `make dev` has: staff who need no second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

GetResponse = Callable[[HttpRequest], HttpResponse]


def skip_second_factor(get_response: GetResponse) -> GetResponse:
    """Take the password alone as a whole log-in; refuses to load in any shop but `make dev`."""
    if settings.PRODUCTION or not settings.DEBUG:
        raise ImproperlyConfigured("skip_second_factor is for `make dev` only.")

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(partial(_verified, request.user))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _verified(user: Any) -> Any:
    user.is_verified = lambda: True
    return user
