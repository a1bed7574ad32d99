"""Memory of a process and all its children."""

from __future__ import annotations

import psutil


def proportional_mb(pid: int) -> float:
    """Return the proportional set size (PSS) of the process tree in MB (10^6 bytes).

    PSS counts a page that n processes share as 1/n in each, so the sum is what the machine gives.
    """
    root = psutil.Process(pid)
    return sum(_pss(process) for process in [root, *root.children(recursive=True)]) / 1e6


def _pss(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return getattr(full, "pss", full.rss)
