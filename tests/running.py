"""A real `make run`, started by a test on a data folder of its own."""

import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from local_services.processes import free_port, wait_until
from local_services.schema import ROOT
from saleor_config.settings.env import VARIABLES
from tests.conftest import SCHEMA_STORE

START_SECONDS = 120  # for a busy machine; the log tells how long it really took
END_SECONDS = 20
PROGRAMS = (
    "saleor_config.server",
    "worker",
    "beat",
    "local_services.inbox",
)  # words of their commands
MODULE = (sys.executable, "-m", "local_services")


class Run:
    """One `make run` on a data folder of its own."""

    def __init__(self, var: Path, command=(*MODULE, "run"), **variables: str) -> None:
        self.port = free_port()
        self.log = var.parent / f"{var.name}.log"
        outer = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        # one web worker: each costs seconds of a start, and few tests need the other
        given = {"PORT": str(self.port), "VAR_DIR": str(var), "WEB_WORKERS": "1"} | variables
        with self.log.open("w") as output:
            self.process = psutil.Popen(
                [str(word) for word in command],
                cwd=ROOT,
                env=outer | given,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def wait_until_open(self) -> "Run":
        assert wait_until(self._is_open_or_over, START_SECONDS), self.output
        assert self.process.is_running(), self.output
        return self

    def wait_until_started(self) -> "Run":
        """Wait until each program is there, which is long before the shop opens."""
        assert wait_until(self._is_started_or_over, START_SECONDS), self.output
        assert self.process.is_running(), self.output
        return self

    def _is_started_or_over(self) -> bool:
        return self.process.poll() is not None or all(map(self.program, PROGRAMS))

    def program(self, name: str) -> psutil.Process | None:
        """Return the process of the program with this word in its command, if it runs."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                words = process.cmdline()
                if name in words or any(word.endswith(f"/{name}") for word in words):
                    return process
        return None

    def _is_open_or_over(self) -> bool:
        return "E-mail inbox" in self.output or self.process.poll() is not None

    def printed(self, pattern: str) -> str:
        return re.search(pattern, self.output)[1]

    def processes(self) -> list[psutil.Process]:
        return self.process.children(recursive=True)

    def end(self, number: signal.Signals) -> int:
        """Send the signal, see every process of the run end, and return the exit code."""
        return self._end(partial(self.process.send_signal, number))

    def press_ctrl_c(self) -> int:
        """Do as a terminal does, which tells make and the supervisor alike."""
        return self._end(partial(os.killpg, self.process.pid, signal.SIGINT))

    def kill(self) -> None:
        """End whatever still runs."""
        if self.process.is_running():
            for process in [*self.processes(), self.process]:
                process.kill()

    def _end(self, tell: Callable[[], None]) -> int:
        all_of_it = self.processes()
        tell()
        code = self.process.wait(END_SECONDS)
        _, alive = psutil.wait_procs(all_of_it, timeout=END_SECONDS)
        assert alive == []
        return code


@pytest.fixture(scope="module")
def var(schema_template):
    """A data folder with the schema's dumps in it, so that a first start takes seconds."""
    with tempfile.TemporaryDirectory(prefix="stillwater-") as folder:
        path = Path(folder) / "var"
        shutil.copytree(SCHEMA_STORE, path / "schema")
        yield path


@pytest.fixture
def run(var):
    """Start a run; whatever happens in the test, none of its processes stays."""
    runs = []

    def start(*args, **variables):
        runs.append(Run(var, *args, **variables))
        return runs[-1]

    yield start
    for one in runs:
        one.kill()
