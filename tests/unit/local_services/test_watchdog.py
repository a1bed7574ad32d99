"""Nothing outlives the process that started it."""

import signal
import subprocess
import sys

import psutil
import pytest

from local_services.processes import Watchdog

_HOLDER = """
import subprocess, sys, time
from pathlib import Path
from local_services.processes import Watchdog
guard = Watchdog()
child = subprocess.Popen({command!r}, start_new_session=True)
guard.watch(child.pid)
guard.remove(Path({folder!r}))
print(child.pid, guard.pid, flush=True)
time.sleep(600)
"""
_PATIENT = [sys.executable, "-c", "import time; time.sleep(600)"]
_STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
]


@pytest.mark.parametrize("command", [_PATIENT, _STUBBORN], ids=["patient", "stubborn"])
def test_kill_9_ends_what_was_started_and_deletes_the_folder(command, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    code = _HOLDER.format(command=command, folder=str(folder))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as holder:
        others = [psutil.Process(int(pid)) for pid in holder.stdout.readline().split()]
        holder.send_signal(signal.SIGKILL)

    _, alive = psutil.wait_procs(others, timeout=20)

    assert alive == []
    assert not folder.exists()


def test_what_was_forgotten_is_left_alone():
    guard = Watchdog()
    with subprocess.Popen(_PATIENT, start_new_session=True) as child:
        guard.watch(child.pid)
        guard.forget(child.pid)
        guard.release()

        assert child.poll() is None
        child.kill()
