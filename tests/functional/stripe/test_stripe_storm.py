"""A short storm: one kill of each program, under two checkouts. `make storm` runs the long one."""

import subprocess
import sys

import pytest

from local_services.schema import ROOT


@pytest.mark.slow
def test_no_money_and_no_stock_is_lost_when_any_process_is_killed():
    done = subprocess.run(
        [sys.executable, "-m", "tests.functional.stripe.storm", "--short", "--per-round", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert "checkouts 12" in done.stdout
    assert "the books agree" in done.stdout
