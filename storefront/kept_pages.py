"""The pages that a process keeps: how long each is true, who makes it anew, how many there are.

A page is true as long as the tables it was made of have not changed; their marks
(`product_content.page_changes`) are asked for when a page is wanted, at most every
PAGE_CHECK_SECONDS. One thread makes a page; others get the old one meanwhile, for MAX_STALE seconds
after it was last known to be true, and then wait. So nobody sees what has been untrue for a second.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, time
from typing import NamedTuple

from django.conf import settings
from django.http import HttpResponseBase
from django.urls import ResolverMatch

from product_content.page_changes import Marks, Values, marks

MAX_STALE = 0.9  # seconds since a page was last known to be true
MAX_UNASKED = 0.5  # seconds, then everybody waits for the database to be asked
MAX_WAIT = 20.0  # seconds for a page that another thread makes
_OVERHEAD = 2_048  # bytes of a page beside its body: headers, keys, marks


class State(NamedTuple):
    """The marks of all watched tables, and when the database was asked for them."""

    marks: Marks
    asked_at: float


class Shop:
    """What the database says of its tables; one thread asks for all others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None

    def state(self, *, since: float | None = None) -> State:
        """Return what is known, asked for a moment ago; or `since` that moment or later."""
        known, now = self._state, monotonic()
        if known and known.asked_at >= (_recently(now) if since is None else since):
            return known
        waits = since is not None or known is None or now - known.asked_at >= MAX_UNASKED
        if not self._lock.acquire(blocking=waits) and known:
            return known
        try:
            return self._asked(known, since or 0.0)
        finally:
            self._lock.release()

    def _asked(self, known: State | None, since: float) -> State:
        """Return what another thread was told meanwhile, or ask."""
        latest = self._state
        if latest is None or latest is known or latest.asked_at < since:
            now, found = monotonic(), marks()
            is_new = latest is None or latest.marks != found
            latest = self._state = State(found if is_new or latest is None else latest.marks, now)
        return latest


def _recently(now: float) -> float:
    """Return since when an answer is good enough: a short pause, and since the clock's last tick.

    A proxy throws its copies away with each second (`Kept.last_second`), and then wants pages that
    are good for all of the next one. In tests, nothing is good enough.
    """
    pause = float(settings.PAGE_CHECK_SECONDS) or -1.0
    return now - min(pause, time() % 1)


@dataclass(eq=False)
class Kept:
    """A page as it is sent: its headers, its body, and what it was made of.

    `bodies` are by content coding, "" for the plain one; `match` is what its address led to.
    """

    headers: dict[str, str]
    bodies: dict[str, bytes]
    marks: Marks
    confirmed_at: float
    match: ResolverMatch
    _true_for: Marks | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """The bytes that it counts for. Its compressed forms together are smaller than itself."""
        return 2 * len(self.bodies[""]) + _OVERHEAD

    def is_true(self, state: State) -> bool:
        """Say whether it would be made just so now, and note that it was asked."""
        if self._true_for is not state.marks:
            if any(state.marks.get(name) != mark for name, mark in self.marks.items()):
                return False
            self._true_for = state.marks
        self.confirmed_at = max(self.confirmed_at, state.asked_at)
        return True

    @property
    def last_second(self) -> int:
        """The second of the clock in which the page was last known to be true.

        A copy that is thrown away when this second ends has not been untrue for a second.
        """
        return int(time() - (monotonic() - self.confirmed_at))

    def may_be_sent(self) -> bool:
        """Say whether it may be sent while another is made."""
        return monotonic() - self.confirmed_at < MAX_STALE


Key = tuple[str, ...]  # of a page: all that it may depend on


class Shelf:
    """Pages up to a number of bytes; those that were not asked for the longest go first."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._used = most_bytes, 0
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Kept | None:
        """Return the page, true or not."""
        with self._lock:
            if (kept := self._pages.get(key)) is not None:
                self._pages.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep the page in place of the one before it."""
        with self._lock:
            self._take(key)
            self._pages[key] = kept
            self._used += kept.size
            while self._used > self._most:
                self._take(next(iter(self._pages)))

    def _take(self, key: Key) -> None:
        if (old := self._pages.pop(key, None)) is not None:
            self._used -= old.size

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def items(self) -> list[tuple[Key, Kept]]:
        """Return all pages with their keys, for whoever wants to look at them."""
        with self._lock:
            return list(self._pages.items())


class _Making(threading.Event):
    """Set when a page that a thread makes is there; `kept` says whether others may have it."""

    kept = False


Answer = Kept | HttpResponseBase
Make = Callable[[State], Answer]


class Pages:
    """All kept pages. Those that were asked for with parameters cannot displace the others.

    `values` are what several of them are made of (`product_content.page_changes.kept_value`).
    """

    def __init__(self, most_bytes: int) -> None:
        self.plain, self.asked = Shelf(most_bytes * 3 // 4), Shelf(most_bytes // 4)
        self.values: Values = {}
        self._shop = Shop()
        self._making: dict[Key, _Making] = {}
        self._lock = threading.Lock()

    def state(self) -> State:
        """Return the marks of the tables as they were a moment ago."""
        return self._shop.state()

    def find(self, key: Key, make: Make) -> Answer:
        """Return the page, made if need be; the last part of the key is its parameters.

        `make` gets the state that the page will be made of, and returns the page, or another
        answer that is not kept. Whatever it raises is raised here; so is a database's error.
        """
        called, shelf = monotonic(), self._shelf(key)
        while True:
            state, kept = self._shop.state(), shelf.get(key)
            if kept is not None and kept.is_true(state):
                return kept
            making, is_first = self._join(key)
            if is_first:
                return self._made(key, making, make, called)
            if kept is not None and kept.may_be_sent():
                return kept
            if not making.wait(MAX_WAIT) or not making.kept:
                return make(state)

    def _join(self, key: Key) -> tuple[_Making, bool]:
        with self._lock:
            if (making := self._making.get(key)) is not None:
                return making, False
            making = self._making[key] = _Making()
            return making, True

    def _made(self, key: Key, making: _Making, make: Make, called: float) -> Answer:
        shelf = self._shelf(key)
        try:
            state, kept = self._shop.state(since=called), shelf.get(key)
            if kept is None or not kept.is_true(state):  # else another thread has just made it
                made = make(state)
                if not isinstance(made, Kept):
                    return made
                kept = made
                shelf.put(key, kept)
            making.kept = True
            return kept
        finally:
            with self._lock:
                del self._making[key]
            making.set()

    def _shelf(self, key: Key) -> Shelf:
        return self.asked if key[-1] else self.plain
