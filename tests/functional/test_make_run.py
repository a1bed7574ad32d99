"""`make run` for real: what it prints, what it leaves behind, and that the data stays."""

import json
import os
import re
import signal
import smtplib
import stat
import subprocess
import sys
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import psutil
import psycopg
import pytest

from local_services import schema, valkey
from local_services.processes import end_process, free_port, wait_until
from local_services.schema import ROOT
from tests.running import END_SECONDS, MODULE, START_SECONDS

pytestmark = pytest.mark.slow

# -o venv: with the packages that this test runs with
MAKE = ("make", "-o", "venv", f"PY={sys.executable}", "run")


def _addresses(var):
    return json.loads((var / "secrets" / "addresses").read_text())


def _send_email(url, subject):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@shop.example", "b@shop.example"
    with smtplib.SMTP(url.removeprefix("smtp://")) as client:
        client.send_message(message)


def _read(url):
    with urlopen(url, timeout=20) as answer:  # noqa: S310  our own addresses
        return answer.read().decode()


def _call(action, var, *words, **variables):
    """Run `make run`, `make reset` or the like to its end, on this data folder."""
    done = subprocess.run(
        [*MODULE, action, *words],
        cwd=ROOT,
        env=os.environ | {"VAR_DIR": str(var)} | variables,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    return done.returncode, done.stderr


def test_the_shop_opens_tells_where_it_is_and_keeps_its_data(run, var):
    first = run(WEB_WORKERS="2").wait_until_open()
    password = first.printed(r"log in as staff@stillwater\.example with the password (\S+)")
    inbox = first.printed(r"E-mail inbox\s+(http://127\.0\.0\.1:\d+/)")

    assert first.printed(r"Shop\s+(\S+)") == f"http://127.0.0.1:{first.port}/"
    page = _read(f"http://127.0.0.1:{first.port}/sets/")
    assert "<h1" in page
    assert _headers_of_style(first.port, page) == ("max-age=315360000, public, immutable", "br")
    assert _can_log_in(first.port, password)
    assert stat.S_IMODE((var / "secrets" / "staff-password").stat().st_mode) == 0o600
    _send_email(_addresses(var)["EMAIL_URL"], "Kept over a restart")
    _write_a_row(var)

    # while it runs: the same folder and the same port are refused, in one line that helps
    busy = "stillwater: The shop is running in this folder. End it first, with Ctrl-C.\n"
    assert _call("run", var, PORT=str(free_port())) == (1, busy)
    assert _call("reset", var) == (1, busy)
    taken = f"Port {first.port} is taken. Choose another: PORT={first.port + 1} make run"
    assert _call("run", var.parent / "other", PORT=str(first.port)) == (1, f"stillwater: {taken}\n")

    # kill -9, the hardest end: nothing stays but the data
    first.end(signal.SIGKILL)
    second = run(MAKE).wait_until_open()

    assert second.printed(r"with the password (\S+)") == password
    assert "Loading the catalogue" not in second.output  # nothing to do again
    new_inbox = second.printed(r"E-mail inbox\s+(\S+)")
    assert "Kept over a restart" in _read(new_inbox)
    assert _the_row_is_there(var)
    assert inbox

    # a backup of the open shop goes back into the closed one only
    assert _call("backup", var) == (0, "")
    [backup] = (var / "backups").iterdir()
    assert _call("restore", var, backup) == (1, busy)
    _forget_the_row(var)
    second.press_ctrl_c()
    assert "Stopped. All data is kept.\n" in second.output
    assert _call("restore", var, backup) == (0, "")
    third = run().wait_until_open()
    assert _the_row_is_there(var)
    third.press_ctrl_c()


def _headers_of_style(port, page):
    """Return for how long the style sheet may be kept, and how it is compressed."""
    path = re.search(r'href="(/static/storefront/shop\.[0-9a-f]{12}\.css)"', page)[1]
    wish = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=wish)) as answer:
        return answer.headers["Cache-Control"], answer.headers["Content-Encoding"]


def _can_log_in(port, password):
    opener = build_opener(HTTPCookieProcessor())
    address = f"http://127.0.0.1:{port}/staff/login/"
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', opener.open(address).read().decode()
    )[1]
    fields = {"username": "staff@stillwater.example", "password": password}
    data = urlencode(fields | {"csrfmiddlewaretoken": token, "next": "/staff/"}).encode()
    answer = opener.open(Request(address, data, {"Origin": f"http://127.0.0.1:{port}"}))
    return answer.status == HTTPStatus.OK and "/staff/second-factor/new/" in answer.url


def _write_a_row(var):
    with psycopg.connect(_addresses(var)["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")


def _forget_the_row(var):
    with psycopg.connect(_addresses(var)["DATABASE_URL"]) as connection:
        connection.execute("DELETE FROM kept")


def _the_row_is_there(var):
    with psycopg.connect(_addresses(var)["DATABASE_URL"]) as connection:
        return connection.execute("SELECT word FROM kept").fetchall() == [("still here",)]


def test_kill_9_of_make_ends_the_shop(run):
    shop = run(MAKE).wait_until_started()

    shop.end(signal.SIGKILL)


def test_one_process_that_ends_by_itself_ends_the_others_and_is_named(run):
    shop = run().wait_until_started()
    rest = shop.processes()
    shop.program("beat").kill()

    assert shop.process.wait(END_SECONDS) == 1
    assert "stillwater: beat ended, so everything was stopped." in shop.output
    assert psutil.wait_procs(rest, timeout=END_SECONDS)[1] == []


def test_a_server_that_ends_ends_the_shop_and_is_named(run):
    shop = run().wait_until_started()
    [server] = [one for one in shop.processes() if one.name() == "valkey-server"]
    rest = shop.processes()
    server.kill()

    assert shop.process.wait(END_SECONDS) == 1
    assert "stillwater: Valkey has ended; its last words are in var/log/." in shop.output
    assert psutil.wait_procs(rest, timeout=END_SECONDS)[1] == []


def test_named_servers_replace_the_embedded_ones(run, database_server, stocked_template, tmp_path):
    name = f"test_run_{os.getpid()}"
    schema.copy(database_server, stocked_template, name)
    broker = valkey.start(tmp_path, "secret", log=tmp_path / "valkey.log")
    shop = run(
        DATABASE_URL=database_server.url(name),
        REDIS_URL=broker.url,
        EMAIL_URL="smtp://127.0.0.1:9",
    )

    assert wait_until(lambda: "Ctrl-C ends it" in shop.output, START_SECONDS), shop.output
    commands = [" ".join(one.cmdline()) for one in shop.processes()]
    code = shop.end(signal.SIGTERM)
    end_process(broker.process)
    schema.drop(database_server, name)

    assert code == 0
    assert "E-mail inbox" not in shop.output
    for program in ("bin/postgres", "valkey-server", "local_services.inbox"):
        assert not any(program in command for command in commands), program
    for program in ("saleor_config.server", "worker", "beat"):
        assert any(program in command for command in commands), program


def test_reset_deletes_the_data_and_keeps_the_prepared_schema(var):
    assert _call("reset", var) == (0, "")
    kept = {path.name for path in var.iterdir() if path.is_dir()}
    assert kept - {"backups"} == {"schema"}
