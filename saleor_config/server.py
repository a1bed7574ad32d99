"""What granian serves: requests are received whole in its event loop, and only then get a thread.

There are few threads, since Python runs one at a time. A server that gives a thread to a request
whose body is still on its way is stopped by as many visitors as it has threads, if they never
send the rest. Here they cost a connection each and nothing else: a body has a limit and a deadline
by its route (`saleor_config.edge`), and answers go out from the loop, however slowly they are read.
"""

from __future__ import annotations

import asyncio
import gc
import io
import sys
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from os import fspath
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.urls import reverse
from granian.cli import entrypoint as granian

from saleor_config.settings.env import read
from saleor_config.wsgi import application as django

# After Django is set up.
from saleor_config.edge import BODY_REFUSED, ORDINARY, BodyLimit, body_limit  # isort: skip

MAX_IN_MEMORY = 128 * 1024  # bytes of one body; what is larger lies in a temporary file
MAX_LARGE_AT_ONCE = 4  # uploads larger than a form that one process receives
MAX_DISCARDED = 32 * 1024 * 1024  # bytes of a refused body, read so that its sender sees why
DISCARD_SECONDS = 10
_TEXT = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
_LAST = [*_TEXT, ("connection", "close")]
_REASONS = {
    400: "The request did not arrive as a whole.",
    408: "The request took too long to arrive. Please send it again.",
    503: "Several files are on their way at the moment. Please try again in a minute.",
}
_WITHOUT_BODY = {"GET", "HEAD"}

Environ = dict[str, Any]
Chunks = AsyncGenerator[bytes, None]
Body = tuple[IO[bytes], int]  # and its length


class BodyFailed(Exception):  # noqa: N818  it is an answer, not a defect
    """The body did not arrive; `status` is what to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class BodyTooLarge(Exception):  # noqa: N818  it is an answer, not a defect
    """The body is longer than its route allows."""


class Application:
    """A WSGI application behind RSGI, granian's protocol that tells of requests before bodies."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self._wsgi = wsgi
        self._pages = ThreadPoolExecutor(threads, "page")
        self._readiness = ThreadPoolExecutor(1, "readiness")
        self._uploads = 0  # only the loop's thread counts

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request. `/healthz` needs no thread, `/readyz` has its own."""
        if scope.path == "/healthz":
            proto.response_str(200, _TEXT, "ok")
            return
        environ, chunks = environ_of(scope), _chunks(proto)
        try:
            environ["wsgi.input"] = await self._receive(environ, chunks)
        except BodyFailed as failed:
            proto.response_str(failed.status, _LAST, _REASONS[failed.status])
            return
        with environ["wsgi.input"]:
            pool = self._readiness if scope.path == "/readyz" else self._pages
            await asyncio.get_running_loop().run_in_executor(pool, self._answer, environ, proto)
        if BODY_REFUSED in environ:
            await _discard(chunks)

    async def _receive(self, environ: Environ, chunks: Chunks) -> IO[bytes]:
        """Return the whole body, empty if there is none or if it is refused."""
        if not _has_body(environ):
            return io.BytesIO()
        limit, declared = _limit(environ), _declared(environ)
        try:
            body, size = await self._read(chunks, limit, declared or 0)
        except BodyTooLarge:
            environ[BODY_REFUSED] = True
            environ["CONTENT_LENGTH"] = "0"
            return io.BytesIO()
        if declared not in (None, size):
            body.close()
            raise BodyFailed(400)
        environ["CONTENT_LENGTH"] = str(size)
        return body

    async def _read(self, chunks: Chunks, limit: BodyLimit, declared: int) -> Body:
        if declared > limit.bytes:
            raise BodyTooLarge
        if limit == ORDINARY:
            return await _read(chunks, limit)
        if self._uploads >= MAX_LARGE_AT_ONCE:
            raise BodyFailed(503)
        self._uploads += 1
        try:
            return await _read(chunks, limit)
        finally:
            self._uploads -= 1

    def _answer(self, environ: Environ, proto: Any) -> None:
        """Run the application in this thread, and hand its answer to the server."""
        start = _StartResponse()
        body = self._wsgi(environ, start)
        try:
            start.send(proto, body)
        finally:
            getattr(body, "close", lambda: None)()


def environ_of(scope: Any) -> Environ:
    """Return what WSGI calls the request, without its body.

    A header with an underscore is left out: `X_Forwarded_For` would pass for `X-Forwarded-For`.
    """
    host, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            _add_header(environ, name.upper().replace("-", "_"), value)
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    key = name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"
    if key in environ:
        value = ("; " if name == "COOKIE" else ",").join((environ[key], value))
    environ[key] = value


def _has_body(environ: Environ) -> bool:
    if "HTTP_TRANSFER_ENCODING" in environ:
        return True
    length = environ.get("CONTENT_LENGTH")
    return length != "0" if length else environ["REQUEST_METHOD"] not in _WITHOUT_BODY


def _declared(environ: Environ) -> int | None:
    length = environ.get("CONTENT_LENGTH", "")
    return int(length) if length else None


def _limit(environ: Environ) -> BodyLimit:
    declared = _declared(environ)
    if declared is not None and declared <= ORDINARY.bytes:
        return ORDINARY  # saves looking the route up
    return body_limit(environ["PATH_INFO"])


async def _chunks(proto: Any) -> Chunks:
    """Yield what arrives. granian lets a body be asked for once; this can be gone on with."""
    async for chunk in proto:
        yield chunk


async def _read(chunks: Chunks, limit: BodyLimit) -> Body:
    """Return the body and its length. Raises BodyTooLarge and BodyFailed."""
    body = SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115  the caller closes it
    try:
        async with asyncio.timeout(limit.seconds):
            return body, await _copy(chunks, body, limit.bytes)
    except TimeoutError:
        body.close()
        raise BodyFailed(408) from None
    except BaseException:
        body.close()
        raise


async def _copy(chunks: Chunks, target: IO[bytes], most: int) -> int:
    size = empty = 0
    async for chunk in chunks:
        size += len(chunk)
        empty += not chunk  # granian ends a body with an empty chunk, and has one for an error
        if size > most:
            raise BodyTooLarge
        target.write(chunk)
    if empty > 1:
        raise BodyFailed(400)
    target.seek(0)
    return size


async def _discard(chunks: Chunks) -> None:
    """Read on for a while: a browser that is cut off while it sends shows no answer at all."""
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            await _copy(chunks, _Nowhere(), MAX_DISCARDED)
    except (TimeoutError, BodyTooLarge, BodyFailed, RuntimeError):
        pass  # the connection ends with this request


class _Nowhere(io.BytesIO):
    def write(self, data: Any) -> int:
        return len(data)


class _File:
    """What Django hands over for an open file, as `wsgi.file_wrapper`."""

    def __init__(self, file: Any, block_size: int = 8192) -> None:
        self._file, self._block_size = file, block_size
        self.close = file.close  # Django has put the response's own there

    def __iter__(self) -> Any:
        return iter(lambda: self._file.read(self._block_size), b"")

    @property
    def path(self) -> str:
        """Where the file is, or "" if it is a part of one or has no lasting place."""
        if not isinstance(self._file, io.BufferedReader) or self._file.tell():
            return ""
        name = self._file.name
        return "" if isinstance(name, int) else fspath(name)


class _StartResponse:
    """What WSGI calls `start_response`."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = int(status[:3]), headers

    def send(self, proto: Any, body: Any) -> None:
        """Hand the answer over; the server sends it on from its own threads."""
        if isinstance(body, _File) and body.path:
            proto.response_file(self.status, self.headers, body.path)
        elif getattr(body, "streaming", True):
            self._stream(proto, body)
        else:
            proto.response_bytes(self.status, self.headers, b"".join(body))

    def _stream(self, proto: Any, body: Iterable[bytes]) -> None:
        transport = proto.response_stream(self.status, self.headers)
        for chunk in body:
            if not _is_sent(transport.send_bytes(chunk)):
                return  # nobody reads it any more


def _is_sent(sending: Any) -> bool:
    """Say whether granian took the chunk. It is told at once, though the call is to be awaited."""
    try:
        next(sending.__await__())
    except StopIteration:
        return True
    except Exception:  # noqa: BLE001  whatever it is, the reader is gone
        return False
    return True


application = Application(django, threads=read("WEB_THREADS"))


def serve() -> None:
    """Run granian's command line with the shop loaded before it starts its workers.

    They are forked, so what is loaded by then is in memory once for all of them. `gc.freeze` keeps
    the collector from touching it, which would give each worker a copy. Nothing that was loaded
    holds a connection or a thread. Where processes are not forked (macOS), each loads its own.
    """
    import_module("saleor_config.server")  # as the workers call it; this file is "__main__"
    reverse("storefront:basket")  # loads all views
    gc.collect()
    gc.freeze()
    granian()


if __name__ == "__main__":
    serve()
