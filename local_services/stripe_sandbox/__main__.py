"""`python -m local_services.stripe_sandbox --port … --data … --webhook-url …`."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from local_services.stripe_sandbox import options
from local_services.stripe_sandbox.app import Sandbox
from local_services.stripe_sandbox.delivery import Delivery
from local_services.stripe_sandbox.store import Store


class QuietHandler(WSGIRequestHandler):
    """Writes no line per request: addresses of payment pages are secrets of customers."""

    def log_request(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.WARNING)
    given = options.parse(sys.argv[1:], os.environ)
    store = Store(given.data / "stripe_sandbox.sqlite3")
    server = make_server(
        given.host, given.port, Sandbox(given, store), threaded=True, request_handler=QuietHandler
    )
    delivery = Delivery(given, store)
    delivery.start()
    _stop_on_signals(server)
    print(f"stripe sandbox: {given.origin}", flush=True)
    server.serve_forever()
    delivery.stop()


def _stop_on_signals(server: BaseWSGIServer) -> None:
    def stop(_number: int, _frame: object) -> None:
        # shutdown() waits for the loop that this signal interrupts
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


if __name__ == "__main__":
    main()
