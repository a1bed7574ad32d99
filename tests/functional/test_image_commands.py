"""The image's very commands, run outside Docker with the live settings and real servers."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
import redis
import yaml
from django_guid import clear_guid, set_guid
from kombu import Connection
from prometheus_client.parser import text_string_to_metric_families

from local_services import temporary, valkey
from local_services.databases import run_sql
from local_services.ports import free_port
from local_services.processes import end_process, wait_until
from local_services.schema import ROOT
from saleor_config.celery import app
from saleor_config.settings.env import VARIABLES
from tests.functional.test_production_settings import GOOD

pytestmark = pytest.mark.slow
QUEUES = ("payments", "emails", "celery")
MANY_EMAILS = 3000
GIVEN = "0123456789abcdef0123456789abcdef"  # the id of a request

DOCKERFILE = (ROOT / "Dockerfile").read_text()
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
WEB, HEALTH = (
    json.loads(re.search(rf"^{indent}CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])
    for indent in ("", " +")  # the image's own, and the one of HEALTHCHECK
)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="stillwater-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def database(database_server, schema_template):
    """A database of a user who is not the embedded one, which the live settings refuse."""
    name = f"test_image_{os.getpid()}"
    temporary.copy(database_server, schema_template, name)
    url = database_server.url(name)
    if "stillwater_embedded" in url:
        password = re.search(r":([^:@]+)@", url)[1]
        run_sql(database_server, f"CREATE ROLE shop SUPERUSER LOGIN PASSWORD '{password}'")
        url = url.replace("stillwater_embedded", "shop")
    yield url
    temporary.drop(database_server, name)


@pytest.fixture(scope="module")
def broker(folder):
    (folder / "valkey").mkdir()
    server = valkey.start(folder / "valkey", "secret", log=folder / "valkey.log")
    rights = {"keys": ["*"], "channels": ["*"], "commands": ["+@all"]}
    with redis.Redis.from_url(server.url) as client:
        client.acl_setuser("shop", enabled=True, passwords=["+secret"], **rights)
    yield server.url.replace("stillwater_embedded", "shop")
    end_process(server.process)


@pytest.fixture(scope="module")
def environment(database, broker, folder):
    """The container's environment: what the Dockerfile sets, and what .env gives."""
    outer = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    given = {
        "DATABASE_URL": database,
        "REDIS_URL": broker,
        "PORT": str(free_port()),
        "TRUSTED_PROXY": "true",
        "CELERY_CONCURRENCY": "1",
        "LOG_LEVEL": "INFO",
        "VAR_DIR": str(folder),
        "METRICS_TOKEN": "t0ken",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    return outer | GOOD | given


@pytest.fixture(scope="module")
def image(folder, environment):
    """A folder as the Dockerfile fills it, static files included."""
    app = folder / "app"
    app.mkdir()
    for line in re.findall(r"^COPY (?!--)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            _copy(ROOT / source, app / target)
    build = environment | {"DJANGO_SETTINGS_MODULE": "saleor_config.settings.build"}
    for name in [name for name, item in VARIABLES.items() if item.required]:
        del build[name]
    command = ["python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=app, env=build, check=True)
    return app


def _copy(source, target):
    if source.is_dir():
        shutil.copytree(source, target)  # compiled modules too: to compile them takes seconds
    else:
        target = target if target.name == source.name else target / source.name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(source, target)


def _words(command, folder):
    """What the container would run: compose has `$$` for `$`; /tmp is the container's own."""
    return [word.replace("$$", "$").replace("/tmp", str(folder)) for word in command]  # noqa: S108


@pytest.fixture
def start(image, environment, folder):
    """Start a command of the image in the background; it is ended with the test."""
    with ExitStack() as stack:

        def run(command):
            log = stack.enter_context((folder / "output.log").open("w"))
            process = subprocess.Popen(
                _words(command, folder),
                cwd=image,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            stack.callback(end_process, process, signal.SIGTERM)
            return process

        yield run


@pytest.fixture
def run(image, environment, folder):
    """Run a command of the image to its end; return its exit code and output."""

    def run_to_end(command):
        if command[0] == "CMD-SHELL":
            command = ["sh", "-c", command[1]]
        done = subprocess.run(
            _words(command, folder),
            cwd=image,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run_to_end


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
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    style = re.search(r'href="(/static/storefront/[^"]+\.[0-9a-f]{12}\.css)"', page)[1]
    assert _get(environment, style, **{"X-Forwarded-Proto": "https"})[0] == 200
    _counts_the_requests_of_both_processes(environment)


def _counts_the_requests_of_both_processes(environment):
    """Each process answers with the figures of all; asked by an inner name, without TLS."""
    for _ in range(10):
        assert _get(environment, "/guides/", **{"X-Forwarded-Proto": "https"})[0] == 200
    headers = {"Authorization": "Bearer t0ken", "Host": "web:8000"}
    for _ in range(10):
        status, _headers, text = _get(environment, "/metrics", **headers)
        assert status == 200
        figures = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples
        }  # fmt: skip
        assert figures["stillwater_requests_total", "GET", "storefront:guides", "200"] == 10
        assert figures["stillwater_queue_length", "payments"] == 0


def test_the_worker_answers_its_health_check(start, run, folder):
    start(SERVICES["worker-payments"]["command"])

    assert wait_until(lambda: _is_ready(folder), 60), (folder / "output.log").read_text()
    assert wait_until(lambda: run(SERVICES["worker-payments"]["healthcheck"]["test"])[0] == 0, 60)


def _rows(database, query):
    with psycopg.connect(database) as connection:
        return connection.execute(query).fetchall()


def _publish(broker, *tasks):
    """Put tasks (name, arguments) into their queues, as the shop does within the request GIVEN."""
    set_guid(GIVEN)
    with Connection(broker) as connection:
        for name, *args in tasks:
            app.send_task(name, args=args, connection=connection)
    clear_guid()


def test_a_payment_and_all_else_is_worked_on_while_thousands_of_emails_wait(
    start, environment, database, broker, folder, monkeypatch
):
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO stripe_payments_stripeevent (id, event_id, kind, object_id, created_at,"
            " received_at, deliveries, state, attempts, next_try_at, last_error)"
            " VALUES (77, 'evt_77', 'unheard.of', 'pi_1', now(), now(), 1, 'waiting', 0, now(), '')"
        )
    with redis.Redis.from_url(broker) as waiting:
        email = "plugins.order_emails.tasks.send_email"
        _publish(broker, *((email, number) for number in range(MANY_EMAILS)))
        _publish(broker, ("plugins.stripe_payments.tasks.process_event", 77))
        _publish(broker, ("plugins.inventory.tasks.check_ledger",))
        assert [waiting.llen(name) for name in QUEUES] == [1, MANY_EMAILS, 1]

        start(SERVICES["worker-payments"]["command"])
        tried = "SELECT attempts FROM stripe_payments_stripeevent WHERE id = 77"
        assert wait_until(lambda: _rows(database, tried) == [(1,)], 60), _log(folder)
        assert [waiting.llen(name) for name in QUEUES] == [0, MANY_EMAILS, 1]
        reports = "SELECT kind, what, page, count, request_id FROM dashboard_errorreport"
        told = ("task", "KeyError", "plugins.stripe_payments.tasks.process_event", 1, GIVEN)
        assert wait_until(lambda: _rows(database, reports) == [told], 60), _log(folder)
        lines = [json.loads(line) for line in _log(folder).splitlines() if line.startswith("{")]
        (error,) = [line for line in lines if line["level"] == "ERROR"]
        assert (error["logger"], error["request_id"]) == ("plugins.stripe_payments.events", GIVEN)

        start(SERVICES["worker-emails"]["command"])
        checked = "SELECT count(*) FROM inventory_ledgercheck"
        assert wait_until(lambda: _rows(database, checked) == [(1,)], 60), _log(folder)
        assert waiting.llen("emails") > 0
        waiting.delete("emails")


def _log(folder):
    return (folder / "output.log").read_text()


def test_the_clock_starts_and_is_healthy(start, run):
    process = start(SERVICES["beat"]["command"])

    assert wait_until(lambda: run(SERVICES["beat"]["healthcheck"]["test"])[0] == 0, 60)
    assert process.poll() is None
