"""The WSGI application: API, hosted page and control page behind one port."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from saleor_config.embedded.stripe_sandbox import control
from saleor_config.embedded.stripe_sandbox.api import Api, Silence
from saleor_config.embedded.stripe_sandbox.hosted import HostedPage
from saleor_config.embedded.stripe_sandbox.options import Options
from saleor_config.embedded.stripe_sandbox.store import Store

_PAY, _CONTROL = "/c/pay/", "/_sandbox/"


class Sandbox:
    """Sends each request to the part that knows it."""

    def __init__(self, options: Options, store: Store) -> None:
        self.store = store
        self.api = Api(options, store)
        self.page = HostedPage(options, store)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, or fall silent where a fault says so."""
        try:
            return self._respond(Request(environ))(environ, start)
        except Silence:
            _hang_up(environ)
            return Response(b"")(environ, start)

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(_PAY):
            return self.page.respond(request, request.path.removeprefix(_PAY))
        if request.path.startswith(_CONTROL):
            return control.respond(request, self.store, request.path.removeprefix(_CONTROL))
        if request.path == "/":
            return control.respond(request, self.store, "")
        return self.api.respond(request)


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the connection under the server's feet; the client sees it break."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
