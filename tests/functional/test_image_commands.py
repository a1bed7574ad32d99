"""The image's very commands, run outside Docker with the live settings and real servers."""

import re
from contextlib import closing
from http.client import HTTPConnection

import pytest

from local_services.processes import wait_until
from tests.functional.image import (  # noqa: F401  fixtures
    HEALTH,
    SERVICES,
    WEB,
    broker,
    database,
    environment,
    folder,
    image,
    run,
    start,
)

pytestmark = pytest.mark.slow


def _get(environment, path, **headers):
    with closing(HTTPConnection("127.0.0.1", int(environment["PORT"]), timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": "shop.example"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def test_setup_prepares_database_and_catalogue(run):
    code, output = run(SERVICES["setup"]["command"])

    assert code == 0, output


def _is_ready(folder):
    """Say whether the worker says so; its health check costs a start of Celery each time."""
    return "ready." in (folder / "output.log").read_text()


def test_the_web_server_is_healthy_and_shows_the_shop_over_tls_only(start, run, environment):
    assert run(HEALTH)[0] != 0  # nothing there yet
    start(WEB)

    assert wait_until(lambda: run(HEALTH)[0] == 0, 60)
    status, headers, _ = _get(environment, "/sets/")
    assert (status, headers["Location"]) == (301, "https://shop.example/sets/")
    status, headers, page = _get(environment, "/sets/", **{"X-Forwarded-Proto": "https"})
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    style = re.search(r'href="(/static/storefront/[^"]+\.[0-9a-f]{12}\.css)"', page)[1]
    assert _get(environment, style, **{"X-Forwarded-Proto": "https"})[0] == 200


def test_the_worker_answers_its_health_check(start, run, folder):
    start(SERVICES["worker"]["command"])

    assert wait_until(lambda: _is_ready(folder), 60), (folder / "output.log").read_text()
    assert wait_until(lambda: run(SERVICES["worker"]["healthcheck"]["test"])[0] == 0, 60)


def test_the_clock_starts_and_is_healthy(start, run):
    process = start(SERVICES["beat"]["command"])

    assert wait_until(lambda: run(SERVICES["beat"]["healthcheck"]["test"])[0] == 0, 60)
    assert process.poll() is None
