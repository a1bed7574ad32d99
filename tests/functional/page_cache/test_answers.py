"""Kept pages over HTTP: compressed, for a proxy, within a limit, and without Valkey."""

import gzip
import re

import brotli
import pytest
import zstandard

from product_content.models import Guide
from storefront import kept_pages
from storefront.page_cache import CACHE_CONTROL, OUR_PROXY, pages, wanted_coding
from tests.functional.page_cache.public import ENGLISH, kept, text


def test_pages_come_without_valkey(shop, client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert {client.get(path).status_code for path in ENGLISH * 2} == {200}


def test_what_is_kept_has_a_limit_in_bytes_and_wishes_do_not_push_out_the_rest(
    shop, client, settings, rendered
):
    settings.PAGE_CACHE_BYTES = 400_000
    client.get("/")
    for number in range(1, 60):
        client.get(f"/sets/?max_price={number}")
    assert sum(page.size for _, page in pages().asked.items()) <= 100_000
    before = len(rendered)
    client.get("/")
    assert len(rendered) == before


def test_a_page_may_be_sent_by_a_proxy_for_a_second_and_is_asked_for_by_a_browser(shop, client):
    answer = client.get("/")
    assert answer.headers["Cache-Control"] == CACHE_CONTROL
    assert CACHE_CONTROL == "public, max-age=0, s-maxage=0, stale-while-revalidate=1"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_our_proxy_is_told_the_second_in_which_the_page_was_last_true(shop, client, monkeypatch):
    clock = [1_900_000_000.9]
    monkeypatch.setattr(kept_pages, "monotonic", lambda: clock[0] - 1_000)
    monkeypatch.setattr(kept_pages, "time", lambda: clock[0])
    etag = client.get("/").headers["ETag"]
    page = next(page for _, page in pages().plain.items())
    assert client.get("/").headers[OUR_PROXY] == "@1900000000"
    clock[0] += 0.2
    assert page.last_second == 1_900_000_000  # known to be true in the second before
    for known in ("", etag):
        answer = client.get("/", headers={"If-None-Match": known})
        assert answer.headers[OUR_PROXY] == "@1900000001"


def test_the_database_is_asked_anew_when_the_clocks_second_ends(shop, client, clock, monkeypatch):
    monkeypatch.setattr(kept_pages, "time", lambda: clock[0])
    clock[0] = 1000.95
    told = [client.get("/").headers[OUR_PROXY] for clock[0] in (1000.96, 1000.99, 1001.01)]
    assert told == ["@1000", "@1000", "@1001"]


def test_who_has_the_page_already_is_told_so(shop, client):
    etag = client.get("/").headers["ETag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        answer = client.get("/", headers={"If-None-Match": known, "Accept-Encoding": "br"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == CACHE_CONTROL
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200
    Guide.objects.update(title="Another title")
    changed = client.get("/", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


DECODED = {
    "": lambda data: data,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstandard.decompress,
}


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;Q=0.5", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("identity, gzip;q=0.5", ""),
        ("gzip;q=0, *;q=0", ""),
        ("*", "zstd"),
        ("br;q=x", ""),
        ("deflate", ""),
    ],
)
def test_a_page_is_compressed_as_asked(shop, client, accept, coding):
    answer = client.get("/", headers={"Accept-Encoding": accept} if accept else {})
    assert wanted_coding(accept) == coding
    assert answer.headers.get("Content-Encoding", "") == coding
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    plain = text(client.get("/"))
    assert re.sub(r"\s+", "", DECODED[coding](answer.content).decode()) == plain.replace(" ", "")


def test_only_the_head_may_be_asked_for(shop, client):
    whole, head = client.get("/"), client.head("/")
    assert (head.status_code, head.content, kept()) == (200, b"", 1)
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_a_page_is_compressed_once(shop, client, monkeypatch):
    compressed = []
    monkeypatch.setattr(brotli, "compress", lambda data, **_: compressed.append(data) or b"x")
    for _ in range(3):
        assert client.get("/", headers={"Accept-Encoding": "br"}).content == b"x"
    assert len(compressed) == 1
