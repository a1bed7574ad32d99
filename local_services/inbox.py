"""The local inbox: takes every e-mail the shop sends and shows it on a page (docs/adr/0003).

`python -m local_services.inbox FOLDER SMTP_PORT WEB_PORT`. E-mails are taken by SMTP and never sent
on, kept one file each in a Maildir. The page is read-only, and safe to open whatever an e-mail
contains: an HTML e-mail is shown in a sandboxed frame under a policy that lets it load nothing at
all, so that it looks as it would with images blocked, and no sender learns that it was opened. The
page answers only to this machine's own names.
"""

from __future__ import annotations

import mailbox
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from html import escape
from operator import attrgetter
from pathlib import Path
from socketserver import ThreadingMixIn
from string import Template
from typing import Any
from urllib.parse import quote, unquote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from local_services.processes import LOOPBACK


@dataclass(frozen=True)
class Mail:
    """One e-mail: its key in the inbox, when it came, and its bytes as received."""

    key: str
    received: datetime
    source: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The e-mail, parsed."""
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(self.source)

    @property
    def subject(self) -> str:
        """Its subject, as readers show it."""
        return self.header("Subject") or "(no subject)"

    def header(self, name: str) -> str:
        """Return one header's text, or nothing when it is absent."""
        return str(self.message[name] or "")

    def body(self, kind: str) -> str:
        """Return its `plain` or `html` text, or nothing when it has none."""
        part = self.message.get_body(preferencelist=(kind,))
        return "" if part is None else str(part.get_content())


class Inbox:
    """A folder of e-mails."""

    def __init__(self, folder: Path) -> None:
        # A folder inside: Maildir makes its own parts only in a folder that it makes itself.
        self._box = mailbox.Maildir(folder / "maildir", factory=None, create=True)

    def add(self, content: bytes) -> str:
        """Keep one e-mail as it came over SMTP; return its key."""
        return self._box.add(content)

    def newest_first(self) -> list[Mail]:
        """Return all e-mails, the last received first."""
        mails = map(self._mail, self._box.keys())
        return sorted(mails, key=attrgetter("received"), reverse=True)

    def get(self, key: str) -> Mail | None:
        """Return the e-mail with this key, if it is there."""
        return self._mail(key) if key in self._box else None

    def _mail(self, key: str) -> Mail:
        seconds = self._box.get_message(key).get_date()
        return Mail(key, datetime.fromtimestamp(seconds, UTC), self._box.get_bytes(key))


class KeepHandler:
    """aiosmtpd's handler: it calls `handle_DATA` once an e-mail is complete."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the e-mail, then tell the sender so."""
        self._inbox.add(envelope.original_content or b"")
        return "250 Kept in the local inbox"


def listen(inbox: Inbox, port: int) -> Controller:
    """Take e-mails on this port in a thread of its own until `.stop()` is called."""
    controller = Controller(KeepHandler(inbox), hostname=LOOPBACK, port=port)
    controller.start()
    return controller


_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'"
_FRAME_PERMISSIONS = "allow-popups allow-popups-to-escape-sandbox"  # its links open in a new tab
_MAIL_POLICY = (
    f"sandbox {_FRAME_PERMISSIONS}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)

_PAGE = Template("""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>$title</title>
<link rel="stylesheet" href="/inbox.css"></head><body><main>$body</main></body></html>
""")
_LINKS = '<p><a href="/">All e-mails</a> · <a href="source">Source</a></p>'
_CSS = """:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:0}
main{max-width:60rem;margin:auto;padding:1rem}a{color:inherit}li{margin:.75rem 0}
small,dt{opacity:.75}iframe{width:100%;height:40rem;border:1px solid;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid;padding:1rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:0 1rem}dd{margin:0}
"""


@dataclass(frozen=True)
class Response:
    """What a request is answered with."""

    body: str | bytes
    kind: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    policy: str = _PAGE_POLICY


def respond(inbox: Inbox, path: str) -> Response:
    """Return the answer to a GET of this path."""
    if path == "/":
        return _page("Inbox", _list(inbox.newest_first()))
    if path == "/inbox.css":
        return Response(_CSS, "text/css; charset=utf-8")
    key, _, view = path.strip("/").partition("/")
    mail = inbox.get(unquote(key))
    if mail is None or view not in _VIEWS:
        return _page("Not found", "<h1>There is no such e-mail</h1>", "404 Not Found")
    return _VIEWS[view](mail)


def _page(title: str, body: str, status: str = "200 OK") -> Response:
    return Response(_PAGE.substitute(title=escape(title), body=body), status=status)


def _list(mails: Iterable[Mail]) -> str:
    items = "".join(
        f'<li><a href="/{quote(mail.key)}/">{escape(mail.subject)}</a><br><small>'
        f"to {escape(mail.header('To'))}, {mail.received:%d %B %Y %H:%M} UTC</small></li>"
        for mail in mails
    )
    return f"<h1>Inbox</h1><ul>{items}</ul>" if items else "<h1>Inbox</h1><p>No e-mail yet.</p>"


def _mail_view(mail: Mail) -> Response:
    heads = "".join(
        f"<dt>{name}</dt><dd>{escape(mail.header(name))}</dd>" for name in ("From", "To", "Date")
    )
    body = f"<h1>{escape(mail.subject)}</h1><dl>{heads}</dl>"
    if mail.body("html"):
        body += (
            f'<h2>HTML</h2><iframe sandbox="{_FRAME_PERMISSIONS}" src="html" title="HTML"></iframe>'
        )
    if text := mail.body("plain"):
        body += f"<h2>Text</h2><pre>{escape(text)}</pre>"
    return _page(mail.subject, f"{_LINKS}{body}")


def _html_view(mail: Mail) -> Response:
    return Response('<base target="_blank">' + mail.body("html"), policy=_MAIL_POLICY)


def _source_view(mail: Mail) -> Response:
    return Response(mail.source, "text/plain; charset=utf-8")


_VIEWS: dict[str, Callable[[Mail], Response]] = {
    "": _mail_view,
    "html": _html_view,
    "source": _source_view,
}


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
