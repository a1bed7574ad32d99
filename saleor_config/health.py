"""Health pages for the supervisor, for compose and for load balancers."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can serve at all."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and the cache answer, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("readyz")
    except Exception:  # noqa: BLE001  any failure means: send no customers here
        return HttpResponse("not ready", status=503, content_type="text/plain")
    return HttpResponse("ready", content_type="text/plain")


_PAGES = {"/healthz": healthz, "/readyz": readyz}


def answer_health(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the health pages before any other middleware.

    They are asked by an inner address and without TLS, which `ALLOWED_HOSTS` and the redirect to
    https would turn away.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        page = _PAGES.get(request.path_info)
        return page(request) if page else get_response(request)

    return middleware
