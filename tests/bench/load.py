"""Drives wrk and reads what it prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LUA = Path(__file__).parent / "lua"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """One run of wrk: requests a second, latencies in milliseconds, answers that were not 2xx/3xx."""

    per_second: float
    p50: float
    p99: float
    errors: int


def find_wrk() -> str:
    """Return wrk's path; installs Debian's package where that is possible, else says so and stops."""
    if not shutil.which("wrk") and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=False, capture_output=True)
    path = shutil.which("wrk")
    if path is None:
        raise SystemExit("bench: wrk is not installed. Install it, e.g. `apt-get install wrk`.")
    return path


def run(
    url: str, *, seconds: int, connections: int, script: str = "", headers: Sequence[str] = ()
) -> Load:
    """Load `url` with wrk (one thread) and return the figures."""
    command = [find_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", str(LUA / script)]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return parse(done.stdout)


def parse(text: str) -> Load:
    """Return the figures of wrk's report.

    Raises `ValueError` when a figure is missing, so a changed report is never read as zero.
    """
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.findall(r"(?:connect|read|write|timeout) (\d+)", text)
    return Load(
        per_second=float(_group(r"Requests/sec:\s+([\d.]+)", text)),
        p50=_milliseconds(_group(r"^ +50% +(\S+)", text)),
        p99=_milliseconds(_group(r"^ +99% +(\S+)", text)),
        errors=sum(map(int, refused + broken)),
    )


def _group(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise ValueError(f"wrk's report has no {pattern!r}:\n{text}")
    return found[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]
