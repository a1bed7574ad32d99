"""The inbox's page over HTTP: only reading, only asked for by this machine's own names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from saleor_config.embedded.inbox.page import Response, respond
from saleor_config.embedded.inbox.store import Inbox

# Another name means that a web page elsewhere had its name pointed here (DNS rebinding).
_HOSTS = ("127.0.0.1", "localhost")


def application(folder: Path) -> Callable[..., list[bytes]]:
    """Return the WSGI application that shows the inbox in this folder."""

    def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        response = _answer(environ, folder)
        body = response.body.encode() if isinstance(response.body, str) else response.body
        start_response(response.status, _headers(response, len(body)))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return wsgi


def _answer(environ: dict[str, Any], folder: Path) -> Response:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return Response("", status="405 Method Not Allowed")
    if environ.get("HTTP_HOST", "").partition(":")[0] not in _HOSTS:
        return Response("", status="400 Bad Request")
    return respond(Inbox(folder), environ["PATH_INFO"])


def _headers(response: Response, length: int) -> list[tuple[str, str]]:
    return [
        ("Content-Type", response.kind),
        ("Content-Length", str(length)),
        ("Content-Security-Policy", response.policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ]
