"""The live shop behind its proxy, for the tests that load it or lie to it.

Two web processes with the live settings, each with a single thread; the proxy is Debian's nginx
with the very files that compose gives to its image.
"""

import re
import shutil
import subprocess
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import pytest

from local_services.commands import web_words
from local_services.processes import end_process, free_port, wait_until
from local_services.schema import ROOT

HOST, HTTPS = {"Host": "shop.example"}, {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def contents(stocked_template):
    """Give the shop its catalogue: the pages show it."""
    return stocked_template


@pytest.fixture(scope="module")
def web_ports(image, environment, folder):
    """Two web processes, each with one thread, as the image starts them."""
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        for port in ports:
            log = stack.enter_context((folder / f"web-{port}.log").open("w"))
            process = subprocess.Popen(
                web_words(port, workers=1),
                cwd=image,
                env=environment | {"WEB_THREADS": "1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            stack.callback(end_process, process)
        for port in ports:
            log = folder / f"web-{port}.log"
            assert wait_until(lambda port=port: answers(port, "/readyz"), 60), log.read_text()[
                -3000:
            ]
        yield ports


def proxy_files(folder, web_ports, ports):
    """Write the proxy's files for this machine, with these ports in place of its own."""
    place = folder / f"proxy-{ports['8080']}"
    shutil.copytree(ROOT / "proxy", place)
    own = {"/tmp/": f"{folder}/", "/etc/nginx/shop": str(place), "root /data": f"root {folder}"}  # noqa: S108
    own |= {"/etc/nginx/certificates": str(folder / "certificates"), "root /acme": f"root {folder}"}
    for file in place.glob("*.conf"):
        text = file.read_text()
        for name, here in (own | ports).items():
            text = text.replace(name, here)
        file.write_text(text)
    servers = "".join(f"server 127.0.0.1:{each};" for each in web_ports)
    (place / "upstream.conf").write_text(f"upstream shop {{ {servers} keepalive 16; }}")
    return place


@contextmanager
def nginx(file, is_ready):
    """Run Debian's nginx with a configuration."""
    if not shutil.which("nginx"):
        pytest.skip("nginx is missing. As root: apt-get install nginx-light")
    user = "daemon off; user root;"  # the folder of the tests is nobody else's
    pid = f"pid {file.parent}/nginx.pid;"
    text = file.parent / "main.conf"
    text.write_text(re.sub(r"^pid .*$", pid, text.read_text(), flags=re.MULTILINE))
    process = subprocess.Popen(["nginx", "-c", file, "-g", user])
    try:
        assert wait_until(is_ready, 20)
        yield
    finally:
        end_process(process)


@pytest.fixture(scope="module")
def proxy(web_ports, folder):
    """The port of nginx in front of the two."""
    port = free_port()
    place = proxy_files(folder, web_ports, {"8080": str(port)})
    with nginx(place / "plain.conf", lambda: answers(port, "/healthz")):
        yield port


def answers(port, path):
    try:
        return get(port, path)[0] == 200
    except OSError:
        return False


def get(port, path, *, source="127.0.0.1", timeout=20, **headers):
    """Return status, headers and page, asked from an address of this machine."""
    return send(port, "GET", path, source=source, timeout=timeout, **headers)


def send(port, method, path, body=None, *, source="127.0.0.1", timeout=20, **headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout, source_address=(source, 0))
    with closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        chunked = "Transfer-Encoding" in named
        connection.request(method, path, body, headers=HOST | HTTPS | named, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
