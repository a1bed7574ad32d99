"""Memory of a process and all its children."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psutil

_PSS_ANON = re.compile(r"^Pss_Anon:\s+(\d+) kB$", re.MULTILINE)


def proportional_mb(pid: int) -> float:
    """Return the proportional set size (PSS) of the process tree in MB (10^6 bytes).

    PSS counts a page that n processes share as 1/n in each, so the sum is what the machine gives.
    """
    return sum(_pss(process) for process in _tree(pid)) / 1e6


def own_mb(pid: int) -> float:
    """Return what the process tree wrote itself, in MB (10^6 bytes): its heap, no file's pages.

    This tells a leak. PSS does not: it rises when other processes that have the same libraries
    open end, because fewer share their pages then.
    """
    rollups = (Path(f"/proc/{process.pid}/smaps_rollup") for process in _tree(pid))
    return sum(_anonymous_kb(rollup) for rollup in rollups) * 1024 / 1e6


def _tree(pid: int) -> Iterator[psutil.Process]:
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)


def _anonymous_kb(rollup: Path) -> int:
    try:
        found = _PSS_ANON.search(rollup.read_text())
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return 0
    return int(found[1]) if found else 0


def _pss(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return getattr(full, "pss", full.rss)
