"""What the proxy keeps of the shop's pages, and what it never does; the shop is a stub here.

Debian's nginx with the files of proxy/, before a server that answers what a test tells it to and
counts how often it is asked. security/test_behind_the_proxy.py has the real shop behind it.
"""

import itertools
import re
import shutil
import socket
import statistics
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local_services.processes import end_process, free_port, wait_until
from local_services.schema import ROOT

PUBLIC = {
    "Cache-Control": "public, max-age=0, s-maxage=0, stale-while-revalidate=1",
    "X-Accel-Expires": "@4000000000",
    "ETag": 'W/"1"',
}

SLOW = "/sets/slow/"


class Shop(ThreadingHTTPServer):
    """Answers each path with the headers that a test gives it; the body counts the answers."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", free_port()), Handler)
        self.headers, self.asked, self.bytes = {}, [], 0
        self.may_answer = threading.Event()  # the first who asks for a slow page


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        shop = self.server
        shop.asked.append((self.command, self.path))
        if self.path == SLOW and len(shop.asked) == 1:
            shop.may_answer.wait(10)
        body = f"{self.path} {len(shop.asked)}".encode().ljust(shop.bytes)
        self.send_response(200)
        for name, value in shop.headers.items():
            self.send_header(name, value)
        self.send_header("X-Request-ID", self.headers["X-Request-ID"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_GET  # noqa: N815  names of http.server

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The stub and the port of nginx before it."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is missing. As root: apt-get install nginx-light")
    folder, shop, port = tmp_path_factory.mktemp("proxy"), Shop(), free_port()
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    place = folder / "proxy"
    shutil.copytree(ROOT / "proxy", place)
    for file in place.glob("*.conf"):
        text = file.read_text().replace("/tmp/", f"{folder}/").replace("8080", str(port))  # noqa: S108
        file.write_text(
            text.replace("/etc/nginx/shop", str(place)).replace("root /data", f"root {folder}")
        )
    server = f"server 127.0.0.1:{shop.server_port};"
    (place / "upstream.conf").write_text(f"upstream shop {{ {server} keepalive 16; }}")
    user = "daemon off; user root;"  # the folder of the tests is nobody else's
    process = subprocess.Popen(["nginx", "-c", place / "plain.conf", "-g", user])
    assert wait_until(lambda: answers(port), 20)
    yield shop, port
    end_process(process)
    shop.shutdown()


def answers(port):
    try:
        return get(port, "/healthz")[0] == 200
    except OSError:
        return False


@pytest.fixture
def shop(running):
    one = running[0]
    one.headers, one.asked, one.bytes = dict(PUBLIC), [], 0
    return one


@pytest.fixture
def port(running):
    return running[1]


def get(port, path, method="GET", **headers):
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Host": "shop.example"} | named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_a_public_page_is_asked_for_once_and_each_copy_has_the_id_of_its_request(shop, port):
    first, second = get(port, "/sets/once/"), get(port, "/sets/once/")

    assert first[2] == second[2]
    assert shop.asked == [("GET", "/sets/once/")]
    assert second[1]["Cache-Control"] == PUBLIC["Cache-Control"]
    assert re.fullmatch("[0-9a-f]{32}", second[1]["X-Request-ID"])
    assert first[1]["X-Request-ID"] != second[1]["X-Request-ID"]
    assert get(port, "/sets/once/", If_None_Match=PUBLIC["ETag"])[0] == 304
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    "somebody",
    [{"Cookie": "__Host-basket=abc"}, {"Cookie": "0"}, {"Authorization": "Bearer t0ken"}],
)
def test_somebody_with_a_cookie_gets_no_copy_and_leaves_none(shop, port, somebody):
    path = f"/sets/own-{len(str(somebody))}/"

    first = get(port, path, **somebody)[2]
    stranger = get(port, path)[2]
    again = get(port, path, **somebody)[2]

    assert len({first, stranger, again}) == 3
    assert get(port, path)[2] == stranger
    assert len(shop.asked) == 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "private, no-store"},
        {"Cache-Control": "public, max-age=0"},
        {"Cache-Control": "public, s-maxage=60, stale-while-revalidate=60"},
        PUBLIC | {"Set-Cookie": "__Host-form=abc"},
        PUBLIC | {"Vary": "*"},
    ],
    ids=["silent", "private", "stale at once", "for others", "sets a cookie", "varies on all"],
)
def test_what_does_not_say_that_it_is_public_is_never_kept(shop, port, headers, request):
    path = f"/guides/{abs(hash(request.node.callspec.id))}/"
    shop.headers = headers

    assert get(port, path)[2] != get(port, path)[2]
    assert len(shop.asked) == 2


@pytest.mark.parametrize(
    "path",
    ["/basket/", "/es/checkout/review/", "/orders/x/", "/pt-br/account/", "/staff/", "/stripe/"],
)
def test_a_private_address_is_not_kept_whatever_its_answer_says(shop, port, path):
    assert get(port, path)[2] != get(port, path)[2]


def test_copies_differ_by_what_the_answer_says_it_depends_on(shop, port):
    shop.headers = PUBLIC | {"Vary": "HX-Request, Accept-Encoding"}

    whole, part = get(port, "/singles/v/")[2], get(port, "/singles/v/", HX_Request="true")[2]

    assert whole != part
    assert get(port, "/singles/v/")[2] == whole
    assert get(port, "/singles/v/", HX_Request="true")[2] == part
    assert len(shop.asked) == 2


def test_parameters_and_hosts_have_copies_of_their_own(shop, port):
    one = get(port, "/sets/p/?size=1")[2]

    assert get(port, "/sets/p/?size=2")[2] != one
    assert get(port, "/sets/p/?size=1", Host="other.example")[2] != one
    assert get(port, "/sets/p/?size=1")[2] == one


def test_a_copy_is_gone_with_the_second_in_which_the_page_was_last_true(shop, port):
    seen = []
    ends = time.time() + 3.2
    while (now := time.time()) < ends:
        shop.headers = PUBLIC | {"X-Accel-Expires": f"@{int(now)}", "ETag": f'W/"{now}"'}
        seen.append((int(now), int(get(port, "/sets/tick/")[2].split()[1]), int(time.time())))
    by_second = [
        {number for begun, number, ended in seen if begun == ended == second}
        for second in range(int(ends) - 2, int(ends) + 1)
    ]
    assert all(by_second)
    for earlier, later in itertools.pairwise(by_second):
        assert earlier.isdisjoint(later)
    assert len(shop.asked) < 10 < len(seen)


def test_who_comes_while_a_copy_is_fetched_asks_the_shop_and_does_not_wait(shop, port):
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(get, port, SLOW)
        assert wait_until(lambda: len(shop.asked) == 1, 10)
        begun = time.monotonic()
        second = get(port, SLOW)
        took = time.monotonic() - begun
        shop.may_answer.set()
        assert (second[0], first.result()[0]) == (200, 200)
    assert len(shop.asked) == 2
    assert took < 0.4  # nginx looks for the copy again after half a second only


def test_a_copy_of_more_than_64_kb_goes_out_without_a_pause(shop, port):
    """Held back for whole packets, its last part waited for the visitor's acknowledgement: 40 ms."""
    shop.bytes = 80_000
    took = []
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for _ in range(21):
            begun = time.monotonic()
            connection.request("GET", "/sets/large/", headers={"Host": "shop.example"})
            assert len(connection.getresponse().read()) == shop.bytes
            took.append(time.monotonic() - begun)
    assert len(shop.asked) == 1
    assert statistics.median(took) < 0.03


def test_a_form_is_never_answered_from_a_copy(shop, port):
    page = get(port, "/sets/f/")[2]

    assert get(port, "/sets/f/", "POST")[2] != page
    assert ("POST", "/sets/f/") in shop.asked


FORM = b"POST %s HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: %s\r\nContent-Length: 0\r\n\r\n"


def send_at_once(port, path, address, count):
    """Send forms on as many connections before the first answer is read; return the statuses."""
    with ExitStack() as stack:
        one = partial(socket.create_connection, ("127.0.0.1", port), 20)
        sockets = [stack.enter_context(one()) for _ in range(count)]
        for each in sockets:
            each.sendall(FORM % (path, address))
        return Counter(int(each.recv(12).split()[1]) for each in sockets)


def test_one_address_sends_a_burst_of_forms_and_then_waits_while_others_go_on(shop, port):
    statuses = send_at_once(port, b"/help/", b"203.0.113.7", 120)

    assert statuses.keys() == {200, 429}
    assert statuses[200] > 40
    assert send_at_once(port, b"/help/", b"203.0.113.7, 203.0.113.8", 20) == {200: 20}
    assert get(port, "/help/", X_Forwarded_For="203.0.113.7")[0] == 200
    assert send_at_once(port, b"/stripe/webhook/", b"203.0.113.7", 80) == {200: 80}
