"""The drills of `make restore-drill` and `make failure-drill`, each in its shortest form."""

import shutil
import subprocess
import sys

import pytest

from local_services.schema import ROOT

pytestmark = pytest.mark.slow


def run(name, *options):
    command = [sys.executable, "-m", f"tests.drills.{name}", *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def test_a_backup_taken_while_customers_order_restores_all_that_was_committed_before():
    done = run("restore", "--orders", "3")

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert "the restored stock ledger agrees" in done.stdout
    assert "nothing was lost" in done.stdout


def test_customers_go_on_buying_while_a_web_server_and_the_database_are_killed():
    if not shutil.which("nginx"):
        pytest.skip("nginx is missing. As root: apt-get install nginx-light")
    done = run("failures", "--only", "web", "postgres")

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert "postgres, replica promoted" in done.stdout
    assert "no order lost or doubled" in done.stdout
