"""Fixtures: the image as the Dockerfile fills it, with the live settings and real servers."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import redis
import yaml

from local_services import schema, valkey
from local_services.postgres import run_sql
from local_services.processes import end_process, free_port
from local_services.schema import ROOT
from saleor_config.settings.env import VARIABLES
from tests.functional.test_production_settings import GOOD

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
def contents(schema_template):
    """Name what the database is a copy of."""
    return schema_template


@pytest.fixture(scope="module")
def database(database_server, contents):
    """A database of a user who is not the embedded one, which the live settings refuse."""
    name = f"test_image_{os.getpid()}"
    schema.copy(database_server, contents, name)
    url = database_server.url(name)
    if "stillwater_embedded" in url:
        password = re.search(r":([^:@]+)@", url)[1]
        with suppress(psycopg.errors.DuplicateObject):  # another file's tests have made it
            run_sql(database_server, f"CREATE ROLE shop SUPERUSER LOGIN PASSWORD '{password}'")
        url = url.replace("stillwater_embedded", "shop")
    yield url
    schema.drop(database_server, name)


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


@contextmanager
def starting(image, environment, folder, log="output.log"):
    """Give what starts a command of the image in the background; all end with the block."""
    with ExitStack() as stack:

        def run(command):
            output = stack.enter_context((folder / log).open("w"))
            process = subprocess.Popen(
                _words(command, folder),
                cwd=image,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            stack.callback(end_process, process, signal.SIGTERM)
            return process

        yield run


@pytest.fixture
def start(image, environment, folder):
    """Start a command of the image in the background; it is ended with the test."""
    with starting(image, environment, folder) as run:
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
