"""Memory of a process and all its children."""

from __future__ import annotations

from collections.abc import Iterator

import psutil


def proportional_mb(pid: int) -> float:
    """Return the proportional set size (PSS) of the process tree in MB (10^6 bytes).

    PSS counts a page that n processes share as 1/n in each, so the sum is what the machine gives.
    """
    return sum(_pss(process) for process in _tree(pid)) / 1e6


def resident_mb(pid: int) -> float:
    """Return the resident set size of the process tree in MB (10^6 bytes).

    What processes share is counted once for each, so this is more than they take; but it tells
    growth. PSS does not: a process's share rises by itself when another one lets the pages go.
    """
    return sum(process.memory_info().rss for process in _tree(pid)) / 1e6


def _tree(pid: int) -> Iterator[psutil.Process]:
    root = psutil.Process(pid)
    yield root
    yield from root.children(recursive=True)


def _pss(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return getattr(full, "pss", full.rss)
