"""Requests are received whole before they cost a thread: what the loop does, without a socket."""

import asyncio
import io
from types import SimpleNamespace

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from saleor_config import server
from saleor_config.edge import BODY_REFUSED, ORDINARY, BodyLimit, body_limit
from saleor_config.server import Application, BodyFailed, environ_of

FORM = [("content-type", "application/x-www-form-urlencoded")]


def scope(method="POST", path="/basket/add/", headers=FORM, **more):
    given = {
        "method": method,
        "path": path,
        "query_string": "a=1",
        "http_version": "1.1",
        "scheme": "http",
        "server": "127.0.0.1:8000",
        "client": "192.0.2.7:50000",
        "headers": SimpleNamespace(items=lambda: headers),
    }
    return SimpleNamespace(**given | more)


class Proto:
    """What granian hands over: chunks that arrive, and what was answered."""

    def __init__(self, *chunks, stops=False):
        self._chunks, self._stops = list(chunks), stops
        self.answers, self.sent = [], []

    async def __aiter__(self):
        for chunk in [*self._chunks, *([] if self._stops else [b""])]:
            yield chunk
        if self._stops:
            await asyncio.Event().wait()

    def response_str(self, status, headers, text):
        self.answers.append((status, dict(headers), text))

    response_bytes = response_file = response_str

    def response_stream(self, status, headers):
        self.answers.append((status, dict(headers), "stream"))
        return SimpleNamespace(send_bytes=self._send)

    async def _send(self, chunk):
        self.sent.append(chunk)
        if chunk == b"gone":
            raise RuntimeError


class Page:
    """A WSGI application that keeps what it was called with, and Django's answer to give."""

    def __init__(self, answer=None):
        self.calls, self._answer, self.closed = [], answer or HttpResponse("page"), 0

    def __call__(self, environ, start_response):
        self.calls.append((environ, environ["wsgi.input"].read()))
        start_response("200 OK", [("content-type", "text/html")])
        answer = self._answer
        answer.close = self._close
        if hasattr(answer, "file_to_stream") and answer.file_to_stream:
            answer.file_to_stream.close = answer.close
            return environ["wsgi.file_wrapper"](answer.file_to_stream, answer.block_size)
        return answer

    def _close(self):
        self.closed += 1


def ask(scope, proto, page=None, application=None):
    page = page or Page()
    app = application or Application(page, threads=1)
    asyncio.run(app.__rsgi__(scope, proto))
    return page


def sized(length):
    return [*FORM, ("content-length", str(length))]


def test_a_body_in_pieces_reaches_the_page_as_one():
    proto = Proto(b"a=", b"1&b", b"=2")
    page = ask(scope(headers=[*FORM, ("transfer-encoding", "chunked")]), proto)

    [(environ, body)] = page.calls
    assert (body, environ["CONTENT_LENGTH"]) == (b"a=1&b=2", "7")
    assert proto.answers == [(200, {"content-type": "text/html"}, b"page")]
    assert page.closed == 1


def test_a_page_without_a_body_waits_for_none():
    assert ask(scope("GET", headers=[]), Proto(stops=True)).calls[0][1] == b""


def test_health_needs_no_page():
    proto = Proto(stops=True)

    assert ask(scope("GET", "/healthz", []), proto).calls == []
    assert proto.answers[0][0::2] == (200, "ok")


def test_readiness_is_asked_beside_the_pages():
    """Its thread is free while those of the pages are not."""
    page = Page()
    app = Application(page, threads=1)
    app._pages.shutdown()

    ask(scope("GET", "/readyz", []), Proto(), page, app)

    assert len(page.calls) == 1


@pytest.mark.parametrize(
    ("headers", "chunks", "stops", "status"),
    [
        (sized(9), [b"a=1"], True, 408),
        (sized(9), [], True, 408),
        ([*FORM, ("transfer-encoding", "chunked")], [b"a=1"], True, 408),
        (sized(9), [b"a=1"], False, 400),  # gone away
        (sized(9), [b"a=1", b""], False, 400),
        ([*FORM, ("transfer-encoding", "chunked")], [b"a=1", b""], False, 400),
    ],
)
def test_what_does_not_arrive_as_a_whole_reaches_no_page(
    monkeypatch, headers, chunks, stops, status
):
    monkeypatch.setattr(server, "ORDINARY", BodyLimit(64 * 1024, seconds=0.01))
    monkeypatch.setattr(server, "body_limit", lambda _: server.ORDINARY)
    proto = Proto(*chunks, stops=stops)

    assert ask(scope(headers=headers), proto).calls == []
    assert proto.answers[0][0] == status
    assert proto.answers[0][1]["connection"] == "close"


@pytest.mark.parametrize(
    ("headers", "chunks"),
    [
        (sized(ORDINARY.bytes + 1), []),
        (sized(10**12), []),
        ([*FORM, ("transfer-encoding", "chunked")], [b"x" * 40_000] * 2),
    ],
)
def test_too_much_is_answered_by_the_page_that_says_so_and_none_of_it_is_kept(headers, chunks):
    page = ask(scope(headers=headers), Proto(*chunks))

    [(environ, body)] = page.calls
    assert (body, environ["CONTENT_LENGTH"], environ[BODY_REFUSED]) == (b"", "0", True)


def test_one_byte_less_is_taken():
    page = ask(scope(headers=sized(ORDINARY.bytes)), Proto(b"x" * ORDINARY.bytes))

    assert len(page.calls[0][1]) == ORDINARY.bytes
    assert BODY_REFUSED not in page.calls[0][0]


def test_a_fifth_upload_at_once_is_asked_to_wait_and_an_ordinary_form_is_not():
    async def upload_many():
        page = Page()
        app = Application(page, threads=1)
        path = "/staff/discreet_shipping/collectionpoint/import/"
        slow = [Proto(b"x", stops=True) for _ in range(server.MAX_LARGE_AT_ONCE)]
        large = scope(path=path, headers=sized(100_000))
        tasks = [asyncio.create_task(app.__rsgi__(large, each)) for each in slow]
        await asyncio.sleep(0)
        late, form = Proto(), Proto(b"a=1")
        await app.__rsgi__(large, late)
        await app.__rsgi__(scope(headers=sized(3)), form)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return late.answers[0][0], form.answers[0][0], app._uploads

    assert asyncio.run(upload_many()) == (503, 200, 0)


def test_a_header_with_an_underscore_is_not_taken_for_another():
    headers = [
        ("x_forwarded_for", "203.0.113.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
        ("content_length", "999"),
    ]
    environ = environ_of(scope("GET", "/sets/ñ/", headers, client="[2001:db8::7]:50000"))

    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert "CONTENT_LENGTH" not in environ
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/sets/ñ/"
    assert environ["REMOTE_ADDR"] == "2001:db8::7"
    assert "SECRET_KEY" not in environ
    assert "PATH" not in environ


def test_a_file_is_sent_by_the_server_itself(tmp_path):
    (tmp_path / "shop.css").write_bytes(b"body {}")
    proto = Proto()

    page = ask(
        scope("GET", headers=[]), proto, Page(FileResponse((tmp_path / "shop.css").open("rb")))
    )

    assert proto.answers[0][2] == str(tmp_path / "shop.css")
    assert page.closed == 1


def test_a_part_of_a_file_and_what_has_no_place_are_read_here(tmp_path):
    (tmp_path / "shop.css").write_bytes(b"body {}")
    part = (tmp_path / "shop.css").open("rb")
    part.seek(5)
    for file, expected in ((part, b"{}"), (io.BytesIO(b"memory"), b"memory")):
        proto = Proto()
        assert ask(scope("GET", headers=[]), proto, Page(FileResponse(file))).closed == 1
        assert b"".join(proto.sent) == expected


def test_a_stream_goes_out_as_it_is_made_and_ends_when_nobody_reads_on():
    made = []

    def export():
        for chunk in (b"one", b"gone", b"never"):
            made.append(chunk)
            yield chunk

    proto = Proto()
    page = ask(scope("GET", headers=[]), proto, Page(StreamingHttpResponse(export())))

    assert proto.sent == made == [b"one", b"gone"]
    assert page.closed == 1


def test_a_page_that_breaks_leaves_nothing_open():
    class Broken(HttpResponse):
        def __iter__(self):
            raise ValueError

    page = Page(Broken())
    with pytest.raises(ValueError):  # noqa: PT011  granian answers 500
        ask(scope("GET", headers=[]), Proto(), page)
    assert page.closed == 1


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [
        ("/account/login/", 1 / 16),
        ("/es/basket/add/", 1 / 16),
        ("/staff/login/", 1 / 16),
        ("/staff/second-factor/", 1 / 16),
        ("/nowhere/", 1 / 16),
        ("/staff/product_content/guide/add/", 1),
        ("/stripe/webhook/", 1),
        ("/staff/product/product/7/change/", 33),
        ("/staff/dashboard/stockitem/import/", 3),
        ("/staff/discreet_shipping/collectionpoint/import/", 6),
    ],
)
def test_each_route_has_its_limit(path, megabytes):
    assert body_limit(path).bytes == megabytes * 1024 * 1024


def test_body_failed_says_what_to_answer():
    assert BodyFailed(408).status == 408
