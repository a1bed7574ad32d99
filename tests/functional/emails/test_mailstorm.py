"""A short mail storm; `make mailstorm` runs the long one and prints its table."""

import subprocess
import sys

import pytest

from local_services.schema import ROOT


@pytest.mark.slow
def test_no_email_is_lost_or_sent_twice_whatever_is_killed_or_refused():
    done = subprocess.run(
        [sys.executable, "-m", "tests.functional.emails.storm", "--short", "--per-round", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert done.stdout.splitlines()[-2].split()[:4] == ["together", "24", "24", "0"]
    assert "each e-mail arrived" in done.stdout
