"""`.ci/venv`: when .venv cannot be made, one line says why and how to mend it."""

import os
import shutil
import subprocess
import sys

import pytest

from local_services.schema import ROOT

OLD_PYTHON = """#!/bin/sh
[ "$1" = --version ] && exec echo "Python 3.8.1"
exit 1
"""


@pytest.fixture
def clone(tmp_path):
    """A clone with what the script reads, and no .venv."""
    for name in (".ci/venv", "requirements/dev.txt", "requirements/bootstrap.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _bootstrap(clone, **variables):
    done = subprocess.run(
        ["sh", clone / ".ci" / "venv"],
        env=os.environ | {"PYTHON": sys.executable, "PIP_RETRIES": "0"} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stderr


def _put_programs(folder, names, text):
    folder.mkdir()
    for name in names:
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
    return folder


def test_a_too_old_python_is_named_with_what_is_needed(clone):
    names = ["python3.13", "python3.12", "python3.11", "python3", "python"]
    old = _put_programs(clone / "bin", names, OLD_PYTHON)

    code, error = _bootstrap(clone, PYTHON="", PATH=f"{old}:{os.environ['PATH']}", HOME=str(clone))

    assert code == 1
    assert error == (
        "stillwater: Python 3.11, 3.12 or 3.13 is needed, found: Python 3.8.1. "
        "Install one, or name it: PYTHON=/path/to/python3.12 make run\n"
    )


def test_a_chosen_python_that_does_not_fit_is_named(clone):
    chosen = _put_programs(clone / "bin", ["python3.8"], OLD_PYTHON) / "python3.8"

    code, error = _bootstrap(clone, PYTHON=str(chosen))

    assert code == 1
    assert error == (
        f"stillwater: PYTHON={chosen} is no Python 3.11, 3.12 or 3.13. Name another.\n"
    )


def test_without_a_network_one_line_says_so(clone):
    nowhere = "http://127.0.0.1:9/simple"

    code, error = _bootstrap(clone, PIP_INDEX_URL=nowhere, PIP_EXTRA_INDEX_URL="")

    assert code == 1
    assert error == (
        "stillwater: The packages could not be downloaded. Check the network, then run the "
        "command again. See .venv/install.log.\n"
    )
