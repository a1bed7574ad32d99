"""`python -m local_services.inbox FOLDER SMTP_PORT WEB_PORT`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from local_services.inbox.page import application
from local_services.inbox.store import Inbox, listen
from local_services.ports import LOOPBACK


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # a browser's open connection must not hold up the end


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing: the address of a page names an e-mail."""


def main(folder: str, smtp_port: str, web_port: str) -> None:
    """Take and show e-mails until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    smtp = listen(Inbox(Path(folder)), int(smtp_port))
    page = application(Path(folder))
    try:
        with make_server(LOOPBACK, int(web_port), page, _Server, _Quiet) as server:
            server.serve_forever()
    finally:
        smtp.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
