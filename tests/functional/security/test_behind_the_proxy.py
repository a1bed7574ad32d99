"""Slow people, people who pretend, and a crowd: the live shop, alone and behind nginx.

Two web processes with the live settings, each with a single thread; the proxy is Debian's nginx
with the very files that compose gives to its image.
"""

import re
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie

import pytest

from local_services.processes import free_port
from local_services.schema import ROOT
from saleor_config.edge import BODY_LIMITS, ORDINARY
from tests.functional.image import (  # noqa: F401  fixtures
    SERVICES,
    broker,
    database,
    environment,
    folder,
    image,
)
from tests.functional.security.last_piece import BUY_THE_LAST, crowd
from tests.functional.security.live_proxy import (  # noqa: F401  fixtures
    HOST,
    HTTPS,
    answers,
    contents,
    get,
    nginx,
    proxy,
    proxy_files,
    send,
    web_ports,
)

pytestmark = pytest.mark.slow
UNFINISHED_BODY = (
    b"POST /account/login/ HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-Proto: https\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nusername=a"
)
REQUEST_LINE, _, UNFINISHED_FORM = UNFINISHED_BODY.partition(b"\r\n")
FROM_ANOTHER = REQUEST_LINE + b"\r\nX-Forwarded-For: 203.0.113."
UNFINISHED_CHUNKS = UNFINISHED_BODY.replace(
    b"Content-Length: 900\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\na\r\n"
)
UNFINISHED_HEADERS = b"GET /sets/ HTTP/1.1\r\nHost: shop.example\r\nAccept: text/h"


@pytest.fixture
def hold():
    """Open connections that send a beginning and no more; they stay until the test ends."""
    with ExitStack() as stack:

        def open_many(port, beginning, count):
            sockets = []
            for _ in range(count):
                one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
                one.sendall(beginning)
                sockets.append(one)
            return sockets

        yield open_many


def are_open(sockets):
    """Say whether the server has neither answered nor closed any of them."""
    for one in sockets:
        one.setblocking(False)
        try:
            one.recv(1)
        except BlockingIOError:
            continue
        return False
    return True


def seconds(port, path="/sets/", times=5):
    """Return how long the slowest of some views of a page takes."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        assert get(port, path, timeout=5)[0] == 200
        took.append(time.perf_counter() - begun)
    return max(took)


def test_a_hundred_and_fifty_unfinished_requests_keep_nobody_waiting(
    web_ports, hold, record_property
):
    port = web_ports[0]
    usual = seconds(port)
    held = hold(port, UNFINISHED_BODY, 50)
    held += hold(port, UNFINISHED_CHUNKS, 50) + hold(port, UNFINISHED_HEADERS, 50)

    slowest = seconds(port)

    assert get(port, "/healthz", timeout=5)[2] == "ok"
    assert get(port, "/readyz", timeout=5)[2] == "ready"
    assert are_open(held)
    record_property(
        "measured",
        f"one thread, 150 unfinished requests: {slowest:.2f} s a page (alone {usual:.2f} s)",
    )


def test_two_hundred_slow_connections_to_the_proxy_leave_pages_at_their_usual_time(
    proxy, hold, record_property
):
    usual = seconds(proxy)
    held = hold(proxy, UNFINISHED_HEADERS, 100)
    for number in range(4):  # one address sends no hundred forms at once
        held += hold(proxy, FROM_ANOTHER + b"%d\r\n" % number + UNFINISHED_FORM, 25)

    slowest = seconds(proxy)

    assert are_open(held)
    record_property(
        "measured", f"nginx, 200 slow connections: {slowest:.2f} s a page (alone {usual:.2f} s)"
    )


def test_somebody_who_does_not_read_the_answer_holds_no_thread(web_ports, hold):
    """Twenty asks on each connection for the largest file; nothing of it is read."""
    port = web_ports[0]
    path = re.search(r'src="(/static/[^"]+\.js)"', get(port, "/sets/")[2])[1]
    ask = f"GET {path} HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-Proto: https\r\n\r\n"
    hold(port, ask.encode() * 20, 30)

    seconds(port)


def test_a_log_in_takes_no_large_body_however_it_is_sent(web_ports):
    port, body = web_ports[0], b"x" * (20 * 1024 * 1024)

    for headers in ({}, {"Transfer_Encoding": "chunked"}):
        parts = iter([body[:70_000], body[70_000:]]) if headers else body
        status, answer, page = send(port, "POST", "/es/account/login/", parts, **headers)
        assert (status, answer["Cache-Control"]) == (413, "private, no-store")
        assert 'lang="es"' in page


def test_the_proxy_refuses_a_large_body_with_the_shops_own_page(proxy):
    status, answer, page = send(proxy, "POST", "/es/account/login/", b"x" * 300_000)

    assert (status, answer["Cache-Control"]) == (413, "private, no-store")
    assert 'lang="es"' in page


def ask_for_link(port, source, number, **forged):
    """Ask for a new password, as a browser that has just opened the form; return the status."""
    _, headers, page = get(port, "/account/forgotten/", source=source, **forged)
    cookies = SimpleCookie()
    for line in headers.get_all("Set-Cookie", []):
        cookies.load(line)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    return send(
        port,
        "POST",
        "/account/forgotten/",
        f"csrfmiddlewaretoken={token}&email=nobody{number}@example.org",
        source=source,
        Cookie="; ".join(f"{name}={item.value}" for name, item in cookies.items()),
        Content_Type="application/x-www-form-urlencoded",
        Origin="https://shop.example",
        **forged,
    )[0]


FORGED = {
    "X_Forwarded_For": "203.0.113.%d",
    "Forwarded": "for=203.0.113.%d",
    "X_Real_IP": "203.0.113.%d",
    "CF_Connecting_IP": "203.0.113.%d",
}


def test_behind_the_proxy_visitors_are_told_apart_and_nobody_passes_for_another(proxy):
    """The eleventh request in a quarter of an hour is refused, from this address only."""
    assert {ask_for_link(proxy, "127.0.0.2", n) for n in range(10)} == {303}
    assert ask_for_link(proxy, "127.0.0.2", 10) == 429

    assert ask_for_link(proxy, "127.0.0.3", 11) == 303
    for number, (name, value) in enumerate(FORGED.items()):
        assert ask_for_link(proxy, "127.0.0.2", 20 + number, **{name: value % number}) == 429
    assert ask_for_link(proxy, "127.0.0.2", 30, X_Forwarded_For="127.0.0.3, 127.0.0.3") == 429
    assert ask_for_link(proxy, "127.0.0.3", 31) == 303  # was never charged for the forgeries


def test_without_a_header_of_the_proxy_an_underscore_does_not_make_one(web_ports):
    """`X_Forwarded_Proto` and `X-Forwarded-Proto` are one name to a program behind WSGI."""
    with closing(HTTPConnection("127.0.0.1", web_ports[0], timeout=20)) as connection:
        connection.request("GET", "/sets/", headers=HOST | {"X_Forwarded_Proto": "https"})
        assert connection.getresponse().status == 301


def test_the_readiness_of_the_shop_is_not_for_the_world(proxy):
    assert get(proxy, "/readyz")[0] == 404


LOCATION = re.compile(r"^location (= )?(\S+) \{(.*?)\}", re.MULTILINE | re.DOTALL)
UNITS = {"k": 1024, "m": 1024 * 1024}


def proxy_limit(path):
    """Return how many bytes proxy/ takes at a path: the exact location, else the longest."""
    found = LOCATION.findall((ROOT / "proxy" / "shop.conf").read_text())
    fits = [(place, text) for exact, place, text in found
            if (path == place if exact else path.startswith(place))]  # fmt: skip
    text = max(fits)[1]
    number, unit = re.search(r"client_max_body_size (\d+)([km])", text + DEFAULT).groups()
    return int(number) * UNITS[unit]


DEFAULT = re.search(r"client_max_body_size \w+;", (ROOT / "proxy" / "http.conf").read_text())[0]


@pytest.mark.parametrize("name", BODY_LIMITS)
def test_the_proxy_takes_as_much_as_the_shop(name):
    from django.urls import reverse

    path = reverse(name, args=["1"] if name.endswith("_change") else [])
    assert proxy_limit(path) == BODY_LIMITS[name].bytes
    assert proxy_limit("/account/login/") == ORDINARY.bytes


PHOTO = f"/media/products/{'0' * 32}-96.webp"


def test_the_proxy_sends_photos_itself_with_the_shops_own_headers(proxy, web_ports, folder):
    (folder / "media" / "products").mkdir(parents=True, exist_ok=True)
    (folder / PHOTO[1:]).write_bytes(b"a photo")

    status, headers, photo = get(proxy, PHOTO)
    _, own, _ = get(web_ports[0], PHOTO)

    assert (status, photo) == (200, "a photo")
    assert headers["Server"] == "nginx"
    for name in ("Cache-Control", "Content-Type", "Content-Security-Policy",
                 "Cross-Origin-Resource-Policy", "X-Content-Type-Options"):  # fmt: skip
        assert headers.get_all(name) == own.get_all(name), name
    assert get(proxy, PHOTO.replace("96", "97"))[0] == 404
    assert get(proxy, "/media/products/../../secrets/postgres")[0] in (400, 404)
    (folder / "media" / "products" / "list.txt").write_text("not a photo")
    assert get(proxy, "/media/products/list.txt")[0] == 404


def test_static_files_come_from_the_proxys_copy_when_they_were_asked_for_once(proxy):
    path = re.search(r'src="(/static/[^"]+\.js)"', get(proxy, "/sets/")[2])[1]

    first, second = get(proxy, path), get(proxy, path)

    assert first[0] == second[0] == 200
    assert second[2] == first[2]
    assert "immutable" in second[1]["Cache-Control"]


@pytest.fixture(scope="module")
def tls_proxy(web_ports, folder):
    """The ports for http and https of a proxy that ends TLS with a certificate of its own."""
    certificates = folder / "certificates"
    certificates.mkdir()
    names = ("-keyout", certificates / "privkey.pem", "-out", certificates / "fullchain.pem")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shop.example")
    subprocess.run([*made, *names], check=True, capture_output=True)
    http, https = free_port(), free_port()
    place = proxy_files(folder, web_ports, {"8080": str(http), "8443": str(https)})
    with nginx(place / "tls.conf", lambda: answers(http, "/healthz")):
        yield http, https


def test_the_proxy_ends_tls_itself_and_sends_everybody_there(tls_proxy, folder):
    http, https = tls_proxy
    trust = ssl.create_default_context(cafile=folder / "certificates" / "fullchain.pem")
    trust.check_hostname = False
    (folder / ".well-known" / "acme-challenge").mkdir(parents=True)
    (folder / ".well-known" / "acme-challenge" / "token").write_text("proof")

    redirected, headers, _ = get(http, "/sets/?size=3")
    with closing(HTTPSConnection("127.0.0.1", https, timeout=20, context=trust)) as connection:
        connection.request("GET", "/sets/", headers=HOST)
        answer = connection.getresponse()

    assert (redirected, headers["Location"]) == (308, "https://shop.example/sets/?size=3")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"]
    assert get(http, "/.well-known/acme-challenge/token")[2] == "proof"


def test_the_last_piece_is_gone_from_the_proxys_page_within_a_second(
    proxy, image, environment, record_property
):
    words = ["python", "-c", BUY_THE_LAST]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=image, env=environment, **pipes) as buyer:
        path = buyer.stdout.readline().strip()
        assert path.startswith("/sets/")
        with crowd(proxy, path) as seen:
            time.sleep(1.5)
            buyer.stdin.write("\n")
            buyer.stdin.flush()
            sold_at = float(buyer.stdout.readline())
            time.sleep(2.5)
    last_old = max(at for at, is_sold_out in seen if not is_sold_out)
    later = [is_sold_out for at, is_sold_out in seen if at > sold_at + 1]
    record_property(
        "measured",
        f"{len(seen)} views through the proxy; the last that showed the sold piece was asked for "
        f"{last_old - sold_at:.2f} s after it was sold",
    )
    assert len(later) > 20
    assert all(later)


def test_compose_gives_the_proxy_these_files():
    service = SERVICES["proxy"]

    assert "./proxy:/etc/nginx/shop:ro" in service["volumes"]
    assert service["command"][:2] == ["nginx", "-c"]
    for mode in ("plain", "tls"):
        assert (ROOT / "proxy" / f"{mode}.conf").exists()
