"""Pages of the project itself: health, and uploaded photos where no other server serves them.

Photos: WhiteNoise knows only files that were there at the start, and Django's own helper serves
none outside of debug mode.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe
from django.views.static import serve


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


_HEALTH_PAGES = {"/healthz": healthz, "/readyz": readyz}


def answer_health(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer the health pages before any other middleware.

    They are asked by an inner address and without TLS, which `ALLOWED_HOSTS` and the redirect to
    https would turn away.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        page = _HEALTH_PAGES.get(request.path_info)
        return page(request) if page else get_response(request)

    return middleware


# Only what `product_content.services` writes: a random name, one of three types, no folder else.
_PHOTO_PATH = r"(?P<path>(?:products|shop)/[0-9a-f]{32}(?:-\d{1,4})?\.(?:jpg|png|webp))"
_PHOTO_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_PHOTO_HEADERS = {
    # Another picture has another name, so a copy is good for ever.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site can show, or probe for, one
}


def media_urls() -> list[URLPattern]:
    """Return the address of photos, or nothing when MEDIA_URL is another host's."""
    if not settings.MEDIA_URL.startswith("/"):
        return []
    begin = re.escape(settings.MEDIA_URL.lstrip("/"))
    return [re_path(f"^{begin}{_PHOTO_PATH}$", photo, name="photo")]


@require_safe
def photo(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a photo, as what its name says it is and as nothing else."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Content-Type"] = _PHOTO_TYPES[PurePosixPath(path).suffix]
    for name, value in _PHOTO_HEADERS.items():
        response.headers[name] = value
    return response
