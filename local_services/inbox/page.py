"""The inbox as a web page. Read-only, and safe to open whatever an e-mail contains.

An HTML e-mail is shown in a sandboxed frame under a policy that lets it load nothing at all, so
that it looks as it would with images blocked, and no sender learns that it was opened. The page
answers only to this machine's own names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote, unquote

from local_services.inbox.store import Inbox, Mail

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
