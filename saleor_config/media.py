"""Serving uploaded photos, where no other server does.

WhiteNoise knows only files that were there at the start, and Django's own helper serves none
outside of debug mode.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe
from django.views.static import serve

# Only what `product_content.services` writes: a random name, one of three types, no folder else.
_NAME = r"(?P<path>products/[0-9a-f]{32}(?:-\d{1,4})?\.(?:jpg|png|webp))"
_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_HEADERS = {
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
    return [re_path(f"^{begin}{_NAME}$", photo, name="photo")]


@require_safe
def photo(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send a photo, as what its name says it is and as nothing else."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Content-Type"] = _TYPES[PurePosixPath(path).suffix]
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response
