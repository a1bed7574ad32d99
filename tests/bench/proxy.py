"""The shop's own proxy before the web workers, and a page that it has itself: its most."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from local_services import schema
from local_services.processes import end_process, free_port, wait_until
from tests.bench.shop import Shop

STATIC = "/bench/static"
_BYTES = 20_480  # as many as the constant view answers
_ROUTE = "location = /bench/static { default_type text/html; root %s; }\n"


def find_nginx() -> str:
    """Return Debian's nginx; install it where it is missing and that is possible, else stop."""
    if not _installed() and shutil.which("apt-get"):
        words = ["apt-get", "install", "-y", "-qq", "nginx-light"]
        subprocess.run(words, check=False, capture_output=True)
    if nginx := _installed():
        return nginx
    raise SystemExit("bench: nginx is not installed. Install it, e.g. `make browser`.")


def _installed() -> str | None:
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def running_proxy(shop: Shop) -> Iterator[str]:
    """Run nginx with the files of proxy/ before the shop's web server; yield its address."""
    nginx = find_nginx()
    address = f"http://127.0.0.1:{_write_files(shop)}"
    process = subprocess.Popen(
        [nginx, "-c", shop.folder / "proxy" / "plain.conf", "-g", "daemon off; user root;"],
        stderr=subprocess.DEVNULL,
    )
    shop.guard.watch(process.pid)
    try:
        if not wait_until(lambda: _answers(address), 20):
            raise SystemExit("bench: the proxy did not start.")
        yield address
    finally:
        end_process(process, signal.SIGTERM)
        shop.guard.forget(process.pid)


def _write_files(shop: Shop) -> int:
    """Write the proxy's files for this machine, and the static page; return the proxy's port."""
    port, place = free_port(), shop.folder / "proxy"
    shutil.copytree(schema.ROOT / "proxy", place, dirs_exist_ok=True)
    here = {"/tmp/": f"{shop.folder}/", "/etc/nginx/shop": str(place), "8080": str(port)}  # noqa: S108
    for file in place.glob("*.conf"):
        text = file.read_text()
        for name, own in here.items():
            text = text.replace(name, own)
        file.write_text(text)
    with (place / "shop.conf").open("a") as routes:
        routes.write(_ROUTE % place)
    (place / "bench").mkdir(exist_ok=True)
    (place / "bench" / "static").write_bytes(b"x" * _BYTES)
    web = f"upstream shop {{ server 127.0.0.1:{shop.port}; keepalive 16; }}\n"
    (place / "upstream.conf").write_text(web)
    return port


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False
