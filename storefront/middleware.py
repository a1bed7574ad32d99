"""What happens around every request of the shop."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]


def activate_language_of_path(get_response: GetResponse) -> GetResponse:
    """Activate the language that the address names, and no other.

    Django's LocaleMiddleware would also let a cookie or the browser's choices decide, or at least
    tell caches that they might (`Vary`); a public page here is the same for everybody.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        named = translation.get_language_from_path(request.path_info)
        language = named or settings.LANGUAGE_CODE
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return respond
