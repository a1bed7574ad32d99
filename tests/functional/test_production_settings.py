"""The live settings, as manage.py, granian and Celery meet them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_services.commands import web_words
from local_services.processes import free_port
from local_services.schema import ROOT
from saleor_config.settings.env import VARIABLES

BIN = Path(sys.executable).parent
GOOD = {
    "DJANGO_SETTINGS_MODULE": "saleor_config.settings.production",
    "SECRET_KEY": "zk3v9q1mX7b5n2c8w4e6r0t1y3u5i7o9p2a4s6d8f0g1h3j5k7",
    "DATABASE_URL": "postgres://shop:secret@db.internal:5432/shop",
    "REDIS_URL": "redis://cache.internal:6379/0",
    "EMAIL_URL": "smtp://mail.internal:587/?tls=True",
    "ALLOWED_HOSTS": "shop.example",
    "PUBLIC_URL": "https://shop.example",
    "STRIPE_API_KEY": "given",
    "STRIPE_WEBHOOK_SECRET": "given",
    "TRUSTED_PROXY_COUNT": "1",
    "STRIPE_STATEMENT_PREFIX": "GIVEN",
}
CHECK = [sys.executable, "manage.py", "check"]
REQUIRED = [name for name, variable in VARIABLES.items() if variable.required]


def _start(command, **changes):
    """Run a command with the good values and these changes; None takes a value away."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    values = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment | values,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_deployment_checks_find_nothing():
    done = _start([*CHECK, "--deploy", "--fail-level", "WARNING"])

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "System check identified no issues (2 silenced).\n"


@pytest.mark.parametrize("name", REQUIRED)
def test_without_a_required_variable_one_line_names_it(name):
    done = _start(CHECK, **{name: None})

    assert done.returncode == 1
    assert done.stderr == f"stillwater: {name} is not set. {VARIABLES[name].help}\n"
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "1"),
        ("SECRET_KEY", "too-short"),
        ("STRIPE_API_BASE", "http://127.0.0.1:8420"),
        ("DATABASE_URL", "postgres://stillwater_embedded:x@127.0.0.1:5432/stillwater"),
        ("REDIS_URL", "redis://stillwater_embedded:x@127.0.0.1:6379/0"),
        ("TRUSTED_PROXY_COUNT", "perhaps"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("WEB_WORKERS", "many"),
    ],
)
def test_a_value_that_must_not_be_live_is_refused_in_one_line(name, value):
    done = _start(CHECK, **{name: value})

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"stillwater: {name} ")


def test_celery_refuses_as_well():
    done = _start([BIN / "celery", "-A", "saleor_config", "worker"], REDIS_URL=None)

    assert done.returncode == 1
    assert done.stderr == f"stillwater: REDIS_URL is not set. {VARIABLES['REDIS_URL'].help}\n"


def test_the_web_server_refuses_as_well():
    done = _start(web_words(free_port(), workers=1), REDIS_URL=None)

    assert done.returncode == 1
    ours = [line for line in done.stderr.splitlines() if line.startswith("stillwater: ")]
    # once for the worker, and perhaps once for the one that granian starts in its place
    assert set(ours) == {f"stillwater: REDIS_URL is not set. {VARIABLES['REDIS_URL'].help}"}


def _hsts(**changes):
    names = "SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD"
    code = f"from saleor_config.settings import production as s; print({'s.' + names.replace(', ', ', s.')})"
    return _start([sys.executable, "-c", code], **changes).stdout.split()


def test_other_hosts_of_the_domain_and_browsers_lists_only_when_the_owner_says_so():
    assert _hsts() == ["31536000", "False", "False"]
    assert _hsts(HSTS_PRELOAD="true") == ["31536000", "True", "True"]


def test_a_live_shop_behind_no_proxy_is_told_in_one_line_what_to_set():
    done = _start(CHECK, TRUSTED_PROXY_COUNT="0")

    assert done.returncode == 1
    assert "stillwater.E004" in done.stderr
    assert "Set TRUSTED_PROXY_COUNT to the number of proxies in front" in done.stderr
