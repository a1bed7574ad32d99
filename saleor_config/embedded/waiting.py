"""Waiting for a condition, with a limit."""

import time
from collections.abc import Callable

_PAUSE = 0.05


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask again and again until the condition holds or the seconds are over; tell which."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True
